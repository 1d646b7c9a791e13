"""The outbox of a published plan: who is to be told, who was, who has no address."""

from collections import Counter

from django.conf import settings
from django.db.models import Count

from planner.mailing import outbox
from planner.mailing.audience import audience, unreached
from planner.models import MessageState
from programs import clock

MOST = 200
"""People without an address that are listed."""


def untold(run, user):
    """Return the applications of people who can be written to and were not."""
    told = run.publication.messages.values("application")
    return audience(run, user).exclude(pk__in=told).exclude(participant__email="")


def page_of(run, user):
    """Return what the page of the outbox shows."""
    people = audience(run, user)
    messages = run.publication.messages.visible_to(user)
    states = messages.order_by().values_list("state")
    counts = Counter(dict(states.annotate(count=Count("pk"))))
    jobs = run.publication.letter_jobs
    without = people.filter(participant__email="")
    no_mail = unreached(run, user)
    undecided = messages.filter(
        state__in=outbox.AGAIN, application__participant__erased_at__isnull=True
    )
    return {
        "num_people": people.count(),
        "num_waiting": untold(run, user).count(),
        "num_without": without.count(),
        "num_unreached": no_mail.count(),
        "without": no_mail.order_by("nominated_by__name", "participant__code")[:MOST],
        "counts": [(state.label, counts[state]) for state in MessageState],
        "num_sent": counts[MessageState.SENT],
        "num_kept": 0 if outbox.is_kept() else counts[MessageState.KEPT],
        "undecided": undecided.select_related("application__participant")[:MOST],
        "is_kept": outbox.is_kept(),
        "sender": settings.DEFAULT_FROM_EMAIL,
        "jobs": jobs.filter(created_by=user).defer("content")[:10],
        "now": clock.now(),
        "example": untold(run, user).order_by("participant__code").first(),
    }
