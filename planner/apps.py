"""The app of proposals and runs."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class PlannerConfig(AppConfig):
    """What a solver suggested, and the life of a run."""

    name = "planner"
    verbose_name = _("Planning")

    def ready(self):
        """Load Celery and the checks; count idle time from signing in."""
        from planner import celery, checks, idle  # noqa: F401

        user_logged_in.connect(idle.begin, dispatch_uid="planner.idle")
