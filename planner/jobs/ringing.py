"""Ringing for workers: best effort, never a promise, never in the way."""

import structlog

from planner.celery import app

log = structlog.get_logger(__name__)


def ring(run_id):
    """Tell the workers of a run; return whether the broker took the message.

    The broker may be down or frozen. The row says that the run waits, and the
    dispatcher rings again, so a lost ring costs seconds; nothing that goes wrong here
    may reach the caller.
    """
    return send("planner.solve", run_id=str(run_id))


def ring_part(part_id):
    """Tell the workers of a part of a run, in the same way."""
    return send("planner.solve_part", part_id=str(part_id))


def ring_search(search_id):
    """Tell the workers of a search for who is next, in the same way."""
    return send("planner.search", search_id=str(search_id))


def send(task, **ids):
    """Send a message to a task, by its name; return whether the broker took it."""
    try:
        app.send_task(task, kwargs=ids)
    except Exception as error:  # noqa: BLE001 (brokers fail in their own ways)
        log.warning("run.ring_failed", task=task, **ids, error=type(error).__name__)
        return False
    return True
