"""Files that three workers took and none brought back."""

from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from planner.jobs import leases
from planner.models import FileJob, RunState

NOBODY_CAME_BACK = gettext_noop("Three workers took the file and none came back.")


def end() -> None:
    """Fail jobs whose last allowed attempt died without a word."""
    leases.hopeless(FileJob).update(
        state=RunState.FAILED,
        detail=NOBODY_CAME_BACK,
        lease_until=None,
        finished_at=Now(),
    )
