"""The task that delivers webhooks, and the dispatcher's look at who waits for one."""

from celery import shared_task

from api.hooks import delivery
from api.models import WebhookEndpoint
from planner.jobs import dispatch
from planner.jobs.kinds import Kind

HOOKS = Kind(WebhookEndpoint, "api.deliver", "endpoint_id")


@shared_task(name=HOOKS.task)
def deliver(*, endpoint_id):
    """Send what waits for an endpoint, unless somebody does."""
    delivery.deliver(endpoint_id)


def ring_due():
    """Ring for each endpoint with something to send; return how many were rung for."""
    return dispatch.ring_each(HOOKS, delivery.due())
