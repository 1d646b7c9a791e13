"""Runs that three workers took and none brought back."""

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from planner.allocation.results import record
from planner.jobs import leases
from planner.models import AllocationRun, RunState

NOBODY_CAME_BACK = gettext_noop("Three workers took the run and none came back.")


def end() -> None:
    """Fail runs whose last allowed attempt died without a word."""
    for run in leases.hopeless(AllocationRun):
        lease = leases.Lease(row_id=run.pk, attempt=run.attempt)
        expired = AllocationRun.objects.filter(
            Q(state=RunState.QUEUED) | Q(lease_until__lt=Now()),
            pk=run.pk,
            attempt=run.attempt,
        )
        detail = run.detail or NOBODY_CAME_BACK
        record.stop(lease, RunState.FAILED, detail, rows=expired)
