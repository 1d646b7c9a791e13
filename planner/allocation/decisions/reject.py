"""Returning a plan to the planners, with a reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from planner.models import AllocationRun, RunState
from programs.domain import transactions
from programs.domain.actors import Actor, require
from programs.refusals import Refusal
from programs.roles import Permission

from . import transitions


@transactions.verb
def reject(
    run: AllocationRun, *, comment: str, by: Actor, now: datetime
) -> AllocationRun:
    """Reject a submitted or approved plan; the reason is part of its history."""
    require(by, Permission.APPROVE)
    if not comment.strip():
        raise Refusal(
            "reason-missing",
            _("Give a reason; the planner has to know what to change."),
            field="comment",
        )
    return transitions.move(
        run, RunState.REJECTED, by=by, now=now, comment=comment, decided_at=now
    )
