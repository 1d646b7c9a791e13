"""How an attempt at a job ends: done, given back, or given up in words."""

import structlog
from django.db.models.functions import Now

from planner.models import RunState
from planner.models.served import Served

from . import leases

log = structlog.get_logger(__name__)


def end(lease: leases.Lease, state: RunState, detail: str = "") -> RunState:
    """Say what came of it; return the state."""
    lease.write(state=state, detail=detail, lease_until=None, finished_at=Now())
    return state


def give_back(lease: leases.Lease, why: str) -> None:
    """Let somebody else try, or end the job when three have tried."""
    try:
        if lease.is_last:
            end(lease, RunState.FAILED, why)
        else:
            lease.give_back(detail=why, pauses=True)
    except leases.Fenced:
        log.warning("job.fenced", row=str(lease.row_id), attempt=lease.attempt)


def end_hopeless(model: type[Served], words: str) -> None:
    """Fail jobs whose last allowed attempt died without a word."""
    leases.hopeless(model).update(
        state=RunState.FAILED, detail=words, lease_until=None, finished_at=Now()
    )
