"""Cancelling a run that waits or is being solved."""

from django.db import transaction
from django.utils.translation import gettext as _

from planner.models import AllocationRun, RunState
from planner.models.states import ACTIVE
from programs.domain import audit
from programs.domain.actors import require
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission


def cancel(run, *, by, now):
    """Stop a run: at once while it waits, within seconds while it is solved.

    A solve that is stopped keeps the best plan it had, to be looked at.
    """
    require(by, Permission.PLAN)
    with transaction.atomic():
        same = AllocationRun.objects.filter(pk=run.pk)
        waiting = same.filter(state=RunState.QUEUED)
        ended = waiting.update(
            state=RunState.CANCELLED, cancel_requested=True, finished_at=now
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
        audit.record(by=by, action="runs.cancel", obj=run, now=now)
    run.refresh_from_db()
    return run
