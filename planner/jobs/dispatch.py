"""The dispatcher's look at jobs: whoever waits, and was not rung for lately, is.

A row that three workers failed is rung for no more; who ends it, and with which words,
is up to its kind (``leases.hopeless``).
"""

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from planner.models import RunState
from planner.models.served import MAX_ATTEMPTS

from . import kinds, leases
from .ringing import ring

RING_AGAIN = timedelta(seconds=30)
"""How long a ring counts: workers may be busy, and a broker may forget."""


def look_after(job: Callable[..., object], *, now: datetime) -> object:
    """Call one of ``settings.DISPATCH``, and tell the time to whoever asks for it.

    Leases and rings are judged by the database's clock, and ask for none.
    """
    asks = "now" in inspect.signature(job).parameters
    return job(now=now) if asks else job()


def ring_waiting() -> int:
    """Ring for every row that waits; return how many workers could be told of."""
    return sum(ring_each(kind, unheard(kind)) for kind in kinds.SERVED)


def unheard(kind: kinds.Kind) -> QuerySet[Any]:
    """Return rows that wait, may be tried again, and whose first ring was lost."""
    rows = leases.waiting(kind.model).filter(attempt__lt=MAX_ATTEMPTS)
    if kind.patience is not None:
        is_late = Q(created_at__lt=Now() - kind.patience)
        rows = rows.filter(Q(state=RunState.RUNNING) | is_late)
    return rows.order_by(kind.order)


def ring_each(kind: kinds.Kind, rows: QuerySet[Any]) -> int:
    """Ring for those of the rows that were not rung for lately; return how many."""
    silent = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - RING_AGAIN)
    ids = rows.filter(silent).values_list("pk", flat=True)
    heard = [pk for pk in ids if ring(kind, pk)]
    kind.model.objects.filter(pk__in=heard).update(rung_at=Now())
    return len(heard)
