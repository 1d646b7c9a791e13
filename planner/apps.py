"""The app of proposals and runs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlannerConfig(AppConfig):
    """What a solver suggested, and the life of a run."""

    name = "planner"
    verbose_name = _("Planning")

    def ready(self):
        """Load the Celery application and the system checks."""
        from planner import celery, checks  # noqa: F401
