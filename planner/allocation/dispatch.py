"""The dispatcher: finds runs that nobody serves, rings, and gives up after three."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from planner.models import AllocationRun, RunState
from planner.models.runs import MAX_ATTEMPTS

from . import leases, record
from .ringing import ring

RING_AFTER = timedelta(seconds=5)
"""How old a queued run is when the first ring must have been lost."""


def ring_waiting(*, now=None):
    """Ring for each run that waits, and end those that three workers failed.

    ``now`` is ignored: leases are judged by the database's clock.
    """
    end_hopeless()
    waiting = leases.waiting().filter(attempt__lt=MAX_ATTEMPTS)
    late = Q(state=RunState.RUNNING) | Q(created_at__lt=Now() - RING_AFTER)
    rung = 0
    for run_id in waiting.filter(late).order_by("number").values_list("pk", flat=True):
        ring(run_id)
        rung += 1
    return rung


def end_hopeless():
    """Fail runs whose last allowed attempt died without a word."""
    for run in leases.waiting().filter(attempt__gte=MAX_ATTEMPTS):
        lease = leases.Lease(run_id=run.pk, attempt=run.attempt)
        expired = AllocationRun.objects.filter(
            Q(state=RunState.QUEUED) | Q(lease_until__lt=Now()),
            pk=run.pk,
            attempt=run.attempt,
        )
        record.stop(
            lease,
            RunState.FAILED,
            run.detail
            or gettext_noop("Three workers took the run and none came back."),
            rows=expired,
        )
