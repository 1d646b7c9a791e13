"""Moves of a run from state to state: one conditional update, and its audit entry."""

from django.db import transaction
from django.utils.translation import gettext as _

from planner.models import AllocationRun
from planner.models.states import MOVES
from programs.domain import audit
from programs.refusals import Refusal, RefusalKind


def move(run, to, *, by, now, data=None, **columns):
    """Move a run to a state, or refuse where its present state does not allow it.

    Runs inside the caller's transaction when there is one. The row in memory is
    brought up to date.
    """
    starts = [start for start, ends in MOVES.items() if to in ends]
    with transaction.atomic():
        rows = AllocationRun.objects.filter(pk=run.pk, state__in=starts)
        if not rows.update(state=to, **columns):
            run.refresh_from_db()
            raise Refusal(
                "run-state",
                _("Run %(number)d is “%(state)s”; that cannot be done with it now.")
                % {"number": run.number, "state": run.get_state_display()},
                kind=RefusalKind.CONFLICT,
                state=run.state,
            )
        audit.record(by=by, action=f"runs.{to}", obj=run, data=data or {}, now=now)
    run.refresh_from_db()
    return run
