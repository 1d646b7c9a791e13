"""Files that three workers took and none brought back."""

from django.utils.translation import gettext_noop

from planner.jobs import endings
from planner.models import FileJob

NOBODY_CAME_BACK = gettext_noop("Three workers took the file and none came back.")


def end() -> None:
    """Fail jobs whose last allowed attempt died without a word."""
    endings.end_hopeless(FileJob, NOBODY_CAME_BACK)
