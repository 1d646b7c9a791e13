"""Approving a plan: another person's word, bound to exactly this result."""

from django.utils.translation import gettext as _

from planner.allocation.results import record
from planner.allocation.review import judging
from planner.models import RunState
from programs.domain.actors import require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import transitions


def approve(run, *, digest, by, now, comment=""):
    """Approve the plan with this digest.

    Parameters
    ----------
    digest: the result digest that the approver looked at.

    Raises
    ------
    Refusal: the approver made or submitted the run, looked at another result, the
    stored plan is no longer the one that was computed, or a proposal is not right when
    it is judged once more from the data.
    """
    require(by, Permission.APPROVE)
    if by.pk in (run.created_by_id, run.submitted_by_id):
        raise Refusal(
            "own-plan",
            _("Somebody else has to approve this plan: you made or submitted it."),
            kind=RefusalKind.FORBIDDEN,
        )
    if digest != run.result_digest:
        raise Refusal(
            "other-result",
            _("You looked at another result of this run; look at it again."),
            kind=RefusalKind.STALE,
        )
    require_unchanged(run)
    transitions.require_able(run, RunState.APPROVED)
    judging.require_right(run)
    return transitions.move(
        run,
        RunState.APPROVED,
        by=by,
        now=now,
        data={"digest": digest},
        approved_by=by,
        approved_digest=digest,
        decided_at=now,
        comment=comment,
    )


def require_unchanged(run):
    """Refuse a plan whose stored rows are not those of its digest."""
    if record.digest_of(run) != run.result_digest:
        raise Refusal(
            "plan-altered",
            _("The stored plan is not the one that was computed. Tell an auditor."),
            kind=RefusalKind.CONFLICT,
        )
