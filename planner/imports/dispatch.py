"""The dispatcher's look at files: whoever waits is rung for, whoever is lost ends."""

from django.db.models import Q
from django.db.models.functions import Now

from planner.allocation.solving import dispatch
from planner.jobs import leases
from planner.models import FileJob, RunState
from planner.models.served import MAX_ATTEMPTS

from .execute import LOST
from .request import ring


def ring_waiting(*, now=None):
    """Ring for each file that waits, and end those that three workers failed.

    ``now`` is ignored: leases are judged by the database's clock.
    """
    hopeless = leases.waiting(FileJob).filter(attempt__gte=MAX_ATTEMPTS)
    hopeless.update(
        state=RunState.FAILED, detail=LOST, lease_until=None, finished_at=Now()
    )
    late = Q(state=RunState.RUNNING) | Q(created_at__lt=Now() - dispatch.RING_AFTER)
    return dispatch.ring_each(dispatch.unheard(FileJob).filter(late), ring)
