"""The tasks that deliver webhooks and work on lists; who waits for a webhook."""

from celery import shared_task

from api.bulk import work
from api.hooks import delivery
from api.hooks.endpoints import HOOKS
from planner.jobs import dispatch, kinds


@shared_task(name=HOOKS.task)
def deliver(*, endpoint_id):
    """Send what waits for an endpoint, unless somebody does."""
    delivery.deliver(endpoint_id)


@shared_task(name=kinds.BULK.task)
def work_on_list(*, job_id):
    """Work on a list that a partner sent, unless somebody does."""
    work.execute(job_id)


def ring_due():
    """Ring for each endpoint with something to send; return how many were rung for."""
    return dispatch.ring_each(HOOKS, delivery.due())
