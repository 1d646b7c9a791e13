"""The tasks workers run. Each takes an id, and makes one call."""

from celery import shared_task

from planner.allocation import execute, helping


@shared_task(name="planner.solve")
def solve(*, run_id):
    """Serve a run, unless it is served already or does not exist."""
    execute.execute(run_id)


@shared_task(name="planner.solve_part")
def solve_part(*, part_id):
    """Serve a part of a run, unless it is served already or not asked for any more."""
    helping.help_out(part_id)
