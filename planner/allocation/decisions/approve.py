"""Approving a plan: another person's word, bound to exactly this result."""

from datetime import datetime

from django.utils.translation import gettext as _

from planner.allocation.results import record
from planner.allocation.review import judging
from planner.models import AllocationRun, Approval, RunState
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import Actor, require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission, Role

from . import transitions


@transactions.verb
def approve(
    run: AllocationRun, *, digest: str, by: Actor, now: datetime, comment: str = ""
) -> AllocationRun:
    """Approve the plan with this digest.

    Where an intake asks for two approvals, the first leaves the run submitted.

    Parameters
    ----------
    digest: the result digest that the approver looked at.

    Raises
    ------
    Refusal: the approver made or submitted the run, approved it already or for a body
    that did, looked at another result, the stored plan is no longer the one that was
    computed, or a proposal is not right when it is judged once more from the data.
    """
    require(by, Permission.APPROVE)
    _require_other(run, by)
    if digest != run.result_digest:
        raise Refusal(
            "other-result",
            _("You looked at another result of this run; look at it again."),
            kind=RefusalKind.STALE,
        )
    require_unchanged(run)
    transitions.require_able(run, RunState.APPROVED)
    judging.require_right(run)
    with transactions.atomic():
        _claim(run)
        _give(run, by, now, comment)
        facts = {"digest": digest, "approvals": run.approvals.count()}
        if not is_approved(run):
            action = AuditAction.RUNS_APPROVED_ONCE
            audit.record(by=by, action=action, obj=run, data=facts, now=now)
            return run
        return transitions.move(
            run,
            RunState.APPROVED,
            by=by,
            now=now,
            data=facts,
            approved_by=by,
            approved_digest=digest,
            decided_at=now,
            comment=comment,
        )


def needed(run: AllocationRun) -> int:
    """Return how many approvals the plan needs: two where one of its intakes asks."""
    return 2 if run.intakes.filter(two_approvals=True).exists() else 1


def is_approved(run: AllocationRun) -> bool:
    """Return whether as many people said yes as the intakes ask for."""
    return run.approvals.filter(digest=run.result_digest).count() >= needed(run)


def require_approvals(run: AllocationRun) -> None:
    """Refuse to publish a plan whose intake asks for more approvals than it has."""
    # One approval is the state itself: runs of the first release have no row of it.
    if needed(run) > 1 and not is_approved(run):
        raise Refusal(
            "second-approval-missing",
            _(
                "An intake of this plan asks for the approval of two bodies by now, "
                "and one has approved it. Return it, run it again and have both sign."
            ),
            kind=RefusalKind.CONFLICT,
        )


def _require_other(run: AllocationRun, by: Actor) -> None:
    if by.pk in (run.created_by_id, run.submitted_by_id):
        raise Refusal(
            "own-plan",
            _("Somebody else has to approve this plan: you made or submitted it."),
            kind=RefusalKind.FORBIDDEN,
        )


def _claim(run: AllocationRun) -> None:
    """Lock the submitted run, so that two approvers count each other."""
    if not transitions.able(run, RunState.APPROVED).update(state=RunState.SUBMITTED):
        raise transitions.refusal(run)


def _give(run: AllocationRun, by: Actor, now: datetime, comment: str) -> None:
    """Write the approval down, for a body that has not given one yet."""
    approvals = list(run.approvals.values_list("approver", "institution"))
    free = set(by.institution_ids(Role.APPROVER)) - {body for _who, body in approvals}
    if not free or by.pk in {who for who, _body in approvals}:
        raise Refusal(
            "approved-already",
            _(
                "You or your institution approved this plan already; the second "
                "approval comes from somebody of another institution."
            ),
            kind=RefusalKind.CONFLICT,
        )
    Approval.objects.create(
        run=run,
        approver=by,
        institution_id=min(free),
        digest=run.result_digest,
        comment=comment,
        at=now,
    )


def require_unchanged(run: AllocationRun) -> None:
    """Refuse a plan whose stored rows are not those of its digest."""
    if record.digest_of(run) != run.result_digest:
        raise Refusal(
            "plan-altered",
            _("The stored plan is not the one that was computed. Tell an auditor."),
            kind=RefusalKind.CONFLICT,
        )
