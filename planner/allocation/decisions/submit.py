"""Submitting a plan for approval."""

from datetime import datetime

from django.utils.translation import gettext as _

from planner.models import AllocationRun, RunState
from programs.domain import transactions
from programs.domain.actors import Actor, require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import transitions


@transactions.verb
def submit(run: AllocationRun, *, by: Actor, now: datetime) -> AllocationRun:
    """Hand a solved run over to the approvers; from now on it is somebody's plan."""
    require(by, Permission.PLAN)
    if run.scenario_id and run.scenario.changes():
        raise Refusal(
            "what-if",
            _("A what-if plan cannot be published: change the data, then run again."),
            kind=RefusalKind.CONFLICT,
        )
    return transitions.move(
        run,
        RunState.SUBMITTED,
        by=by,
        now=now,
        data={"digest": run.result_digest},
        submitted_by=by,
        submitted_at=now,
    )
