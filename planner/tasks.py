"""The tasks workers run. Each takes an id, and makes one call."""

from celery import shared_task

from planner.allocation import execute


@shared_task(name="planner.solve")
def solve(*, run_id):
    """Serve a run, unless it is served already or does not exist."""
    execute.execute(run_id)
