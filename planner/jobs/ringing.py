"""Ringing for workers: best effort, never a promise, never in the way."""

from uuid import UUID

import structlog

from planner.celery import app

from .kinds import Kind

log = structlog.get_logger(__name__)


def ring(kind: Kind, pk: UUID | str) -> bool:
    """Tell the workers of a row that waits; return whether the broker took it.

    The broker may be down or frozen. The row says that it waits, and the dispatcher
    rings again, so a lost ring costs seconds; nothing that goes wrong here may reach
    the caller.

    Parameters
    ----------
    kind: a `kinds.Kind`. pk: the id of the row.
    """
    ids = {kind.argument: str(pk)}
    try:
        app.send_task(kind.task, kwargs=ids)
    except Exception as error:  # noqa: BLE001 (brokers fail in their own ways)
        log.warning(
            "job.ring_failed", task=kind.task, **ids, error=type(error).__name__
        )
        return False
    return True
