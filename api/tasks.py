"""The task that delivers webhooks, and the dispatcher's look at who waits for one."""

from celery import shared_task
from django.db.models import Q
from django.db.models.functions import Now

from api.hooks import delivery
from planner.jobs.ringing import send


@shared_task(name="api.deliver")
def deliver(*, endpoint_id):
    """Send what waits for an endpoint, unless somebody does."""
    delivery.deliver(endpoint_id)


def ring_due(*, now=None):
    """Ring for each endpoint with something to send; return how many were rung for.

    ``now`` is ignored: leases are judged by the database's clock.
    """
    silent = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - delivery.RING_AGAIN)
    due = delivery.due().filter(silent)
    heard = [
        pk
        for pk in due.values_list("pk", flat=True)
        if send("api.deliver", endpoint_id=str(pk))
    ]
    due.model.objects.filter(pk__in=heard).update(rung_at=Now())
    return len(heard)
