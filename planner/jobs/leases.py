"""Who serves a run or a part of one: claim, heartbeat and fencing.

A broker only rings; whoever claims the row first serves it, and the database's clock
alone decides for how long. ``attempt`` is the fencing token: after a frozen worker was
overtaken, none of its writes succeeds.
"""

import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from planner.models import AllocationRun, RunState
from planner.models.served import MAX_ATTEMPTS, Served

log = structlog.get_logger(__name__)
Progress = dict[str, Any]
"""Phase, seconds, incumbent, bound and history of a run, as people see it."""
HEARTBEATS = 6
"""How often a lease is renewed in the time it lasts."""
LOOK_SECONDS = 0.5
"""How often the row is asked whether somebody wants the run to stop."""
HISTORY_POINTS = 240
SNAPSHOT = "snapshot"
"""The phase in which there is no plan to be kept."""
EMPTY = {"phase": "", "seconds": 0.0, "incumbent": None, "bound": None}


class Fenced(Exception):
    """Somebody else serves the row now; whoever sees this writes nothing more."""


class Cancelled(Exception):
    """A person asked for the run to stop before there was anything to keep."""


def length() -> timedelta:
    """Return how long a lease lasts without a heartbeat."""
    return timedelta(seconds=settings.ALLOCATION_LEASE_SECONDS)


def waiting(model: type[Served] = AllocationRun) -> QuerySet[Any]:
    """Return rows that nobody serves: queued, or running with an expired lease.

    A row that was given back after a failure waits out its pause before.
    """
    queued = Q(state=RunState.QUEUED) & is_free()
    return model.objects.filter(
        queued | Q(state=RunState.RUNNING, lease_until__lt=Now())
    )


def hopeless(model: type[Served] = AllocationRun) -> QuerySet[Any]:
    """Return rows that nobody serves and nobody may try again."""
    return waiting(model).filter(attempt__gte=MAX_ATTEMPTS)


def is_free() -> Q:
    """Return the condition of any row with a lease that nobody holds one on."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=Now())


def claim(
    row_id: UUID | str,
    *,
    worker: str | None = None,
    model: type[Served] = AllocationRun,
) -> "Lease | None":
    """Take the row, or return None when somebody else has it or there is none."""
    if not is_id(row_id):
        return None
    worker = worker or name_of_this_worker()
    count = (
        waiting(model)
        .filter(pk=row_id, attempt__lt=MAX_ATTEMPTS)
        .update(
            state=RunState.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=Now() + length(),
            heartbeat_at=Now(),
            started_at=Coalesce("started_at", Now()),
            worker=worker,
            rung_at=None,
            # Until there is anything to keep, whoever cancels need not wait for us.
            progress=dict(EMPTY, phase=SNAPSHOT),
        )
    )
    if not count:
        return None
    row = model.objects.only("attempt", "worker").filter(pk=row_id).first()
    # Between the update and the read only somebody with a later token can have come.
    if row is None or row.worker != worker:
        return None
    return Lease(row_id=row.pk, attempt=row.attempt, model=model)


def is_id(text: object) -> bool:
    """Return whether a message names a row at all: anybody may ring."""
    try:
        uuid.UUID(str(text))
    except ValueError:
        return False
    return True


def name_of_this_worker() -> str:
    """Return a name no other worker has, for the row and for the log."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass
class Lease:
    """The right to serve one attempt of a row, kept alive by beating."""

    row_id: UUID
    attempt: int
    model: type[Served] = AllocationRun
    cancel_requested: bool = False
    on_progress: Callable[[Progress], object] | None = None
    _looked_at: float = 0.0
    _beaten_at: float = field(default_factory=time.monotonic)
    _told_at: float = 0.0
    _history: list[list[Any]] = field(default_factory=list)

    def mine(self) -> QuerySet[Any]:
        """Return the row as long as this attempt serves it."""
        return self.model.objects.filter(
            pk=self.row_id, attempt=self.attempt, state=RunState.RUNNING
        )

    def write(self, **changes: Any) -> None:
        """Change the row, or raise `Fenced` when somebody else serves it."""
        if not self.mine().update(**changes):
            raise Fenced(f"{self.row_id}: attempt {self.attempt} was overtaken")

    def beat(self, *, seconds: float | None = None) -> None:
        """Renew the lease when it is time.

        Parameters
        ----------
        seconds: how long ago the last beat may be; 0 beats now.
        """
        if seconds is None:
            seconds = length().total_seconds() / HEARTBEATS
        if time.monotonic() - self._beaten_at < seconds:
            return
        self.write(lease_until=Now() + length(), heartbeat_at=Now())
        self._beaten_at = time.monotonic()

    def look(self) -> None:
        """Learn, twice a second at most, whether a person asked for the run to stop."""
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        wish = self.mine().values_list("cancel_requested", flat=True).first()
        if wish is None:
            raise Fenced(f"{self.row_id}: attempt {self.attempt} was ended")
        self.cancel_requested = wish

    def go_on(self) -> None:
        """Beat, and give up where a person asked for it."""
        self.beat()
        self.look()
        if self.cancel_requested:
            raise Cancelled

    @property
    def is_last(self) -> bool:
        """Whether nobody may try after this attempt."""
        return self.attempt >= MAX_ATTEMPTS

    def give_back(self, *, pauses: bool = False, **columns: Any) -> None:
        """Let somebody else try.

        Parameters
        ----------
        pauses: not at once, because what failed (a full disk, say) needs time to be
            mended, and there are three attempts only.
        """
        seconds = settings.RETRY_SECONDS[self.attempt - 1] if pauses else 0
        until = Now() + timedelta(seconds=seconds) if seconds else None
        self.write(state=RunState.QUEUED, lease_until=until, rung_at=None, **columns)

    def let_go(self) -> str | None:
        """Give the row back; return its state, or None when it was overtaken."""
        try:
            self.give_back()
        except Fenced:
            log.warning("job.fenced", row=str(self.row_id), attempt=self.attempt)
            return None
        return RunState.QUEUED

    def phase(self, name: str) -> None:
        """Tell which part of its service the run is in."""
        self.tell(dict(EMPTY, phase=name), at_once=True)

    def tell(self, progress: Progress, *, at_once: bool = False) -> None:
        """Store phase, incumbent and bound, at most once a second."""
        if not at_once and time.monotonic() - self._told_at < 1:
            return
        self._told_at = time.monotonic()
        point = [progress["seconds"], progress["incumbent"], progress["bound"]]
        is_news = not self._history or self._history[-1][1:] != point[1:]
        if is_news and point[1:] != [None, None]:
            self._history.append(point)
        if len(self._history) > HISTORY_POINTS:
            # Every other point, and the newest: the curve keeps its shape.
            self._history = [*self._history[:-1:2], self._history[-1]]
        progress = progress | {"history": self._history}
        self.write(progress=progress)
        if self.on_progress is not None:
            self.on_progress(progress)
