"""What would more money buy? A few budgets of a line, each really solved.

Each is a what-if run of its own: the same intakes and limits, one budget line changed.
Prices only say where to look; what is shown was solved and checked.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from planner.allocation.decisions import scenarios
from planner.allocation.decisions.request import allocate_batch
from planner.models import AllocationRun, LimitPrice, Scenario, ScenarioPurpose
from programs.costing import units_to_rupiah
from programs.domain import transactions
from programs.domain.actors import Actor, require
from programs.refusals import Refusal
from programs.roles import Permission

LEVELS = (-20, -10, 10, 25, 50)
"""Changes of a budget, in per cent, that draw its curve."""
MOST_LINES = 5


def ask_levels(
    run: AllocationRun, line: LimitPrice, *, by: Actor, now: datetime
) -> list[AllocationRun]:
    """Ask for the curve of one line: the budget at each of the levels."""
    if not line.upper:
        raise Refusal(
            "empty-line",
            _(
                "This line holds nothing, so no percentage changes it; "
                "ask for an amount instead."
            ),
            field="curve",
        )
    budgets = [line.upper * (100 + level) // 100 for level in LEVELS]
    return _ask(run, [(line, budget) for budget in budgets], by=by, now=now)


def ask_more(
    run: AllocationRun,
    lines: list[LimitPrice],
    *,
    more: Mapping[UUID, int],
    by: Actor,
    now: datetime,
) -> list[AllocationRun]:
    """Ask what so much more would buy on each of these lines, one at a time.

    Parameters
    ----------
    more: how many planning units more, by the line's id.
    """
    if not lines or len(lines) > MOST_LINES:
        raise Refusal(
            "lines",
            _("Choose one to %(most)s budget lines.") % {"most": MOST_LINES},
            field="lines",
        )
    if any(more[line.pk] <= 0 for line in lines):
        raise Refusal("amount", _("Write an amount above 0."), field="amount")
    budgets = [(line, line.upper + more[line.pk]) for line in lines]
    return _ask(run, budgets, by=by, now=now)


@transactions.verb
def _ask(
    run: AllocationRun,
    budgets: list[tuple[LimitPrice, int]],
    *,
    by: Actor,
    now: datetime,
) -> list[AllocationRun]:
    """Ask for a run a budget, all or none; the dispatcher serves them in the back."""
    require(by, Permission.PLAN)
    with transactions.atomic():
        return allocate_batch(
            intakes=list(run.intakes.all()),
            scenarios=[
                _trial(run, line, budget, by=by, now=now) for line, budget in budgets
            ],
            profile=run.profile,
            on=run.on,
            seconds=run.seconds,
            gap=run.gap,
            workers=run.workers,
            seed=run.seed,
            by=by,
            now=now,
        )


def _trial(
    run: AllocationRun, line: LimitPrice, budget: int, *, by: Actor, now: datetime
) -> Scenario:
    """Return the scenario of one budget; the same question is written down once."""
    rupiah = int(units_to_rupiah(budget))
    name = f"#{run.number} {line.code} = {rupiah}"[:120]
    scenario, is_new = run.budget_trials.get_or_create(
        name=name,
        defaults={
            "purpose": ScenarioPurpose.BUDGET_TRIAL,
            "parent": run.scenario,
            "overrides": {"budgets": {line.code: rupiah}},
            "created_by": by,
            "created_at": now,
        },
    )
    if is_new:
        scenarios.record_creation(scenario, intakes=run.intakes.all(), by=by, now=now)
    return scenario
