"""How an attempt at a job ends: done, given back, or given up in words."""

from collections.abc import Callable
from uuid import UUID

import structlog
from django.db.models.functions import Now

from planner.models import RunState
from planner.models.served import Served
from programs.refusals import Refusal, RefusalKind

from . import leases

log = structlog.get_logger(__name__)


def execute(
    row_id: UUID | str,
    *,
    model: type[Served],
    serve: Callable[[leases.Lease], RunState],
    words: Callable[[leases.Lease, Exception], str],
) -> RunState | None:
    """Serve a job; return its state, or None when somebody else has it.

    Parameters
    ----------
    serve: does the work of a lease, and returns the state that it comes to.
    words: what people read about an attempt that broke off.
    """
    lease = leases.claim(row_id, model=model)
    if lease is None:
        return None
    told = {
        "kind": model._meta.model_name,
        "row": str(row_id),
        "attempt": lease.attempt,
    }
    log.info("job.claimed", **told)
    try:
        return serve(lease)
    except leases.Fenced:
        log.warning("job.fenced", **told)
        return None
    except Exception as error:
        log.warning("job.attempt_failed", error=type(error).__name__, **told)
        give_back(lease, words(lease, error))
        raise


def ended(lease: leases.Lease, work: Callable[[], object]) -> RunState:
    """Do the work and end the job; return the state.

    What is refused fails it in the words of the refusal. Where others are only busy it
    waits for its next attempt, if there is one.
    """
    try:
        work()
    except Refusal as refusal:
        if refusal.kind == RefusalKind.BUSY and not lease.is_last:
            lease.give_back(detail=str(refusal), pauses=True)
            return RunState.QUEUED
        return end(lease, RunState.FAILED, str(refusal))
    return end(lease, RunState.SOLVED)


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
