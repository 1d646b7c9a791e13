"""System checks: what Django cannot know about running this project."""

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def embedded_queue_serves_one_machine(app_configs, **kwargs):
    """Remind a deployment that the embedded queue is a folder on one machine."""
    if settings.EMBEDDED and "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        return [
            checks.Warning(
                "The database is a server, but the queue is a folder.",
                hint="Workers on other machines will not hear of runs until the "
                "dispatcher there finds them. Set CELERY_BROKER_URL.",
                id="planner.W001",
            )
        ]
    return []
