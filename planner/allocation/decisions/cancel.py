"""Cancelling a run that waits or is being solved."""

from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from planner.jobs.leases import SNAPSHOT
from planner.models import AllocationRun, RunState
from planner.models.states import ACTIVE
from planner.models.words import BEFORE_A_PLAN
from programs.audit_actions import AuditAction
from programs.domain import audit, transactions
from programs.domain.actors import Actor, require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission


@transactions.verb
def cancel(run: AllocationRun, *, by: Actor, now: datetime) -> AllocationRun:
    """Stop a run: at once while nobody serves it or there is no plan, else in seconds.

    A solve that is stopped keeps the best plan it had: it is checked, explained and as
    good to submit as any other. A worker that still takes the snapshot is fenced, and
    writes nothing more.
    """
    require(by, Permission.PLAN)
    with transactions.atomic():
        same = AllocationRun.objects.filter(pk=run.pk)
        planless = same.filter(
            Q(state=RunState.QUEUED)
            | Q(state=RunState.RUNNING, progress__phase=SNAPSHOT)
            | Q(state=RunState.RUNNING, lease_until__lt=Now())
        )
        ended = planless.update(
            state=RunState.CANCELLED,
            detail=BEFORE_A_PLAN,
            cancel_requested=True,
            lease_until=None,
            finished_at=now,
        )
        if not ended and not same.filter(state__in=ACTIVE).update(
            cancel_requested=True
        ):
            run.refresh_from_db()
            raise Refusal(
                "run-state",
                _("Run %(number)d is “%(state)s” and cannot be cancelled any more.")
                % {"number": run.number, "state": run.get_state_display()},
                kind=RefusalKind.CONFLICT,
            )
        audit.record(by=by, action=AuditAction.RUNS_CANCEL, obj=run, now=now)
    run.refresh_from_db()
    return run


@transactions.verb
def give_up(run: AllocationRun, *, by: Actor, now: datetime) -> None:
    """End a run whose only server was interrupted, and who will not come back."""
    with transactions.atomic():
        ended = AllocationRun.objects.filter(pk=run.pk, state__in=ACTIVE).update(
            state=RunState.CANCELLED,
            detail=BEFORE_A_PLAN,
            cancel_requested=True,
            lease_until=None,
            finished_at=now,
        )
        if ended:
            audit.record(by=by, action=AuditAction.RUNS_CANCEL, obj=run, now=now)
