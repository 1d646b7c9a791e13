"""Waiting for a run at the terminal, and serving it where no worker does."""

import time

from planner.allocation.solving import execute
from planner.models.states import ACTIVE

from .report import Progress


def see_through(run, stream):
    """Serve the run, or watch whoever does, until it has ended."""
    if run.state not in ACTIVE:
        return
    with Progress(stream) as progress:
        while run.state in ACTIVE:
            execute.execute(run.pk, on_progress=progress.show)
            run.refresh_from_db()
            if run.state in ACTIVE:
                progress.show(run.progress)
                time.sleep(1)
