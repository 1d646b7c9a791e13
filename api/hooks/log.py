"""The log of messages: one row a message, with how its attempts went, for a month."""

from datetime import timedelta

from django.db.models import F

from api.models import DeliveryState, WebhookDelivery

KEEP = timedelta(days=30)


def note(endpoint, *, message_id, event, state, code, error, now):
    """Count an attempt at a message, and keep what came of it.

    Parameters
    ----------
    event: what the message tells of; ``None`` where the log has the message already: a
        ping, or one that somebody asked for again.
    code: the status that was answered, if any. error: what went wrong, in our words.
    """
    told = {"state": state, "response_code": code, "error": error, "tried_at": now}
    rows = WebhookDelivery.objects.filter(endpoint=endpoint, message_id=message_id)
    if event is None or rows.exists():
        rows.update(attempts=F("attempts") + 1, **told)
        return
    WebhookDelivery.objects.create(
        endpoint=endpoint,
        message_id=message_id,
        event=event,
        kind=event.kind,
        attempts=1,
        created_at=now,
        **told,
    )


def asked(endpoint):
    """Return the messages that somebody asked for, the first one first."""
    rows = endpoint.deliveries.filter(state=DeliveryState.WAITING)
    return rows.select_related("event").order_by("created_at", "pk")


def purge(*, now):
    """Delete what is older than a month; return how many rows there were."""
    return WebhookDelivery.objects.filter(created_at__lt=now - KEEP).delete()[0]
