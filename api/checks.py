"""System checks: what stands in the rows and will not do what was meant."""

from django.core import checks
from django.db import connections

from programs.event_kinds import EventKind

from .models import WebhookEndpoint


@checks.register(checks.Tags.database)
def endpoints_wait_for_kinds_that_exist(app_configs, databases, **kwargs):
    """Name the webhook endpoints that subscribe to kinds of events nobody sends.

    New ones are refused; older rows may hold any word. ``migrate`` and ``check
    --database default`` print what is found.
    """
    return [
        checks.Warning(
            f"Webhook endpoint {pk} waits for events that do not exist: {unknown}.",
            hint="Ask the institution for kinds of the list in docs/api/events.md, "
            "and change the endpoint.",
            id="api.W001",
        )
        for alias in databases or ()
        for pk, unknown in _mistaken(alias)
    ]


def _mistaken(alias):
    """Yield (endpoint id, unknown kinds); nothing before the first migration."""
    with connections[alias].cursor() as cursor:
        tables = connections[alias].introspection.table_names(cursor)
    if WebhookEndpoint._meta.db_table not in tables:
        return
    rows = WebhookEndpoint.objects.using(alias).values_list("pk", "kinds")
    for pk, kinds in rows.order_by("pk"):
        if unknown := sorted(set(kinds) - set(EventKind.values)):
            yield pk, ", ".join(unknown)
