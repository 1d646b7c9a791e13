"""Ringing for workers: best effort, never a promise, never in the way."""

import structlog

from planner.tasks import solve

log = structlog.get_logger(__name__)


def ring(run_id):
    """Tell the workers of a run; when nobody hears it, the dispatcher rings again.

    The broker may be down or frozen. The row says that the run waits, so a lost ring
    costs seconds, and nothing that goes wrong here may reach the caller.
    """
    try:
        solve.apply_async(kwargs={"run_id": str(run_id)})
    except Exception as error:  # noqa: BLE001 (brokers fail in their own ways)
        log.warning("run.ring_failed", run=str(run_id), error=type(error).__name__)
