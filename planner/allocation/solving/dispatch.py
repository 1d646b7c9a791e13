"""The dispatcher: finds what nobody serves, rings, and gives up after three."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from planner.allocation.results import record
from planner.jobs import leases
from planner.jobs.ringing import ring, ring_part, ring_search
from planner.models import AllocationRun, RunPart, RunState, Search
from planner.models.served import MAX_ATTEMPTS

RING_AFTER = timedelta(seconds=5)
"""How old a queued run is when the first ring must have been lost."""
RING_AGAIN = timedelta(seconds=30)
"""How long a ring counts: workers may be busy, and a broker may forget."""


def ring_waiting(*, now=None):
    """Ring for whatever waits, and end runs that three workers failed.

    ``now`` is ignored: leases are judged by the database's clock.
    """
    end_hopeless()
    late = Q(state=RunState.RUNNING) | Q(created_at__lt=Now() - RING_AFTER)
    runs = unheard(AllocationRun).filter(late).order_by("number")
    parts = unheard(RunPart).order_by("-num_options")
    searches = unheard(Search).order_by("pk")
    return (
        ring_each(runs, ring)
        + ring_each(parts, ring_part)
        + ring_each(searches, ring_search)
    )


def unheard(model):
    """Return rows that wait, may be tried again, and were not rung for lately."""
    silent = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - RING_AGAIN)
    return leases.waiting(model).filter(silent, attempt__lt=MAX_ATTEMPTS)


def ring_each(rows, ring):
    """Ring for each of the rows; return how many workers could be told of."""
    heard = [pk for pk in rows.values_list("pk", flat=True) if ring(pk)]
    rows.model.objects.filter(pk__in=heard).update(rung_at=Now())
    return len(heard)


def end_hopeless():
    """Fail runs whose last allowed attempt died without a word."""
    for run in leases.waiting().filter(attempt__gte=MAX_ATTEMPTS):
        lease = leases.Lease(row_id=run.pk, attempt=run.attempt)
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
