"""Asking for a run: the row is written, and whoever serves runs is told."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _, ngettext

from planner.jobs.kinds import RUNS
from planner.jobs.ringing import ring
from planner.models import AllocationRun, RunKind, Scenario
from planner.optimiser import Limits, LimitsError
from programs.audit_actions import AuditAction
from programs.choices import IntakeState
from programs.domain import audit, transactions
from programs.domain.actors import Actor, require
from programs.models import Intake, ObjectiveProfile
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

PLANNABLE = (
    IntakeState.OPEN,
    IntakeState.CLOSED,
    IntakeState.ALLOCATING,
    IntakeState.DECIDED,
)
MOST_WAITING = 20
"""Runs of one person that may wait or be solved at a time."""


@transactions.verb
def allocate(
    *,
    intakes: Iterable[Intake],
    by: Actor,
    now: datetime,
    scenario: Scenario | None = None,
    profile: ObjectiveProfile | None = None,
    on: date | None = None,
    seconds: float = 60,
    gap: float = 0.0,
    workers: int = 2,
    seed: int = 1,
    work: int | None = None,
    kind: RunKind = RunKind.ALLOCATION,
    base: AllocationRun | None = None,
    change_price: int = 0,
    most_changes: int | None = None,
    rings: bool = True,
) -> AllocationRun:
    """Ask for a run over some intakes, and return its row at once.

    Parameters
    ----------
    intakes: the intakes planned together; they share people, money and limits.
    scenario: what is different from the data, or None.
    profile: the weights, or None for the scenario's or the first of all.
    on: the day by which rules are judged; each intake's decision day unless given.
    seconds, gap, workers, seed, work: the limits of the solve.
    kind, base, change_price, most_changes: set by ``replan``.
    rings: whether to tell the workers; whoever serves the run at once need not.

    Raises
    ------
    Refusal: an intake cannot be planned, a limit makes no sense, or too much waits.
    """
    require(by, Permission.PLAN)
    intakes = sorted(intakes, key=lambda intake: intake.code)
    check_intakes(intakes)
    check_limits(seconds, gap, workers, seed, work)
    check_waiting(by)
    with transactions.atomic():
        run = create(
            kind=kind,
            scenario=scenario,
            profile=profile,
            base=base,
            change_price=change_price,
            most_changes=most_changes,
            on=on,
            seconds=seconds,
            gap=gap,
            workers=workers,
            seed=seed,
            work=work,
            created_by=by if by.pk else None,
            created_at=now,
        )
        run.intakes.set(intakes)
        data = {
            "number": run.number,
            "intakes": [intake.code for intake in intakes],
            "scenario": scenario.name if scenario else None,
        }
        if base is not None:
            data |= {
                "replans": base.number,
                "change_price": change_price,
                "most_changes": most_changes,
            }
        audit.record(
            by=by, action=AuditAction.RUNS_REQUEST, obj=run, data=data, now=now
        )
        if rings:
            transaction.on_commit(lambda: ring(RUNS, run.pk))
    return run


@transactions.verb
def allocate_batch(
    *,
    intakes: list[Intake],
    scenarios: Iterable[Scenario | None],
    by: Actor,
    now: datetime,
    **limits: Any,
) -> list[AllocationRun]:
    """Ask for one run a scenario, all or none; workers share them.

    Parameters
    ----------
    scenarios: scenarios, and None for the data as they are.
    limits: as for ``allocate``.
    """
    with transactions.atomic():
        return [
            allocate(intakes=intakes, scenario=scenario, by=by, now=now, **limits)
            for scenario in scenarios
        ]


def create(**columns: Any) -> AllocationRun:
    """Write the row under the next free number."""
    for _attempt in range(20):
        highest = AllocationRun.objects.aggregate(highest=Max("number"))["highest"]
        try:
            with transactions.atomic():
                return AllocationRun.objects.create(
                    number=(highest or 0) + 1, **columns
                )
        except IntegrityError:
            if not AllocationRun.objects.filter(number=(highest or 0) + 1).exists():
                raise
    raise Refusal(
        "too-busy",
        _("Many runs were asked for at this very moment; try again."),
        kind=RefusalKind.CONFLICT,
    )


def check_intakes(intakes: list[Intake]) -> None:
    """Refuse a run over nothing, or over intakes that cannot be planned now."""
    if not intakes:
        raise Refusal("no-intakes", _("Name at least one intake."), field="intakes")
    wrong = [intake for intake in intakes if intake.state not in PLANNABLE]
    if wrong:
        raise Refusal(
            "intake-state",
            _(
                "%(code)s is “%(state)s”; only open, closed or decided intakes "
                "are planned."
            )
            % {"code": wrong[0].code, "state": wrong[0].get_state_display()},
            kind=RefusalKind.CONFLICT,
            field="intakes",
        )


def check_limits(
    seconds: float, gap: float, workers: int, seed: int, work: int | None = None
) -> None:
    """Refuse limits that make no sense, in the optimiser's words."""
    try:
        Limits(seconds=seconds, gap=gap, workers=workers, seed=seed, work=work)
    except LimitsError as error:
        raise Refusal(
            "bad-limit", str(error), field=str(error).partition(":")[0]
        ) from error
    most = settings.ALLOCATION_MAX_SECONDS
    if seconds > most:
        raise Refusal(
            "bad-limit",
            _("At most %(most)d seconds are allowed here.") % {"most": most},
            field="seconds",
        )


def check_waiting(by: Actor) -> None:
    """Refuse somebody who has very many runs waiting already."""
    waiting = AllocationRun.objects.active().filter(created_by=by.pk).count()
    if by.pk and waiting >= MOST_WAITING:
        raise Refusal(
            "too-many-runs",
            ngettext(
                "%(count)d run of yours is waiting; let it end or cancel it first.",
                "%(count)d runs of yours are waiting; let some end or cancel them.",
                waiting,
            )
            % {"count": waiting},
            kind=RefusalKind.CONFLICT,
        )
