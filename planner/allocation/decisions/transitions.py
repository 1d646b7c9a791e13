"""Moves of a run from state to state: one conditional update, and its audit entry."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from planner.models import AllocationRun, RunState
from planner.models.states import ACTIONS, MOVES
from programs.domain import audit, transactions
from programs.domain.actors import Actor
from programs.refusals import Refusal, RefusalKind


def move(
    run: AllocationRun,
    to: RunState,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
    **columns: Any,
) -> AllocationRun:
    """Move a run to a state, or refuse where its present state does not allow it.

    Runs inside the caller's transaction when there is one. The row in memory is
    brought up to date.
    """
    with transactions.atomic():
        if not able(run, to).update(state=to, **columns):
            raise refusal(run)
        audit.record(by=by, action=ACTIONS[to], obj=run, data=data or {}, now=now)
    run.refresh_from_db()
    return run


def require_able(run: AllocationRun, to: RunState) -> None:
    """Refuse early, before anything slow, what `move` would refuse."""
    if not able(run, to).exists():
        raise refusal(run)


def able(run: AllocationRun, to: RunState) -> QuerySet[AllocationRun]:
    """Return the run's row, if its state allows the move."""
    starts = [start for start, ends in MOVES.items() if to in ends]
    return AllocationRun.objects.filter(pk=run.pk, state__in=starts)


def refusal(run: AllocationRun) -> Refusal:
    """Return the refusal of a move, with the state the run has by now."""
    run.refresh_from_db()
    return Refusal(
        "run-state",
        _("Run %(number)d is “%(state)s”; that cannot be done with it now.")
        % {"number": run.number, "state": run.get_state_display()},
        kind=RefusalKind.CONFLICT,
        state=run.state,
    )


def supersede_all(runs: list[AllocationRun], *, by: Actor, now: datetime) -> None:
    """Take published runs out of force; each has been replaced in all its intakes."""
    to = RunState.SUPERSEDED
    rows = AllocationRun.objects.filter(
        pk__in=[run.pk for run in runs], state=RunState.PUBLISHED
    )
    with transactions.atomic():
        rows.update(state=to)
        entries: list[tuple[AllocationRun, dict[str, Any]]] = [
            (run, {}) for run in runs
        ]
        if entries:
            audit.record_many(by=by, action=ACTIONS[to], entries=entries, now=now)
