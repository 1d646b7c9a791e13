"""System checks: what Django cannot know about running this project."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import DatabaseError


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


@checks.register(checks.Tags.security, deploy=True)
def demo_accounts_are_closed(app_configs, **kwargs):
    """Name accounts of the demonstration that are open where DEMO is off."""
    if settings.DEMO:
        return []
    try:
        names = list(
            get_user_model().objects.of_the_demo().values_list("username", flat=True)
        )
    except DatabaseError:
        return []  # `/health/ready` and `migrate` tell of a database that is not there
    if not names:
        return []
    return [
        checks.Error(
            f"Accounts of the demonstration are open: {', '.join(sorted(names))}.",
            hint="They cannot sign in while DEMO is off. Run `manage.py close_demo`, "
            "or start a real installation from an empty database.",
            id="planner.E001",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def signers_show_a_second_factor(app_configs, **kwargs):
    """Remind a deployment over https that passwords alone sign plans."""
    if settings.HTTPS and not settings.SECOND_FACTOR:
        return [
            checks.Warning(
                "SECOND_FACTOR is off: a password alone approves, publishes and "
                "gives rights.",
                hint="Unset SECOND_FACTOR; it follows HTTPS.",
                id="planner.W002",
            )
        ]
    return []
