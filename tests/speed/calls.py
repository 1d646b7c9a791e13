"""The commonest calls, each beside the view by hand, and what both take."""

import time
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from programs.models import Application, Participant, Placement, Slot

from . import plain

MOST = 1.5
"""Times the processor time of the view by hand that a call may take."""
ROUTES = {
    "placements": plain.placements,
    "nominations": plain.nominations,
    "participants": plain.participants,
    "slots": plain.slots,
}
urlpatterns = [
    path("plain/events/", plain.events),
    path("plain/intakes/", plain.intakes),
    path("plain/nominations/<uuid:pk>/eligibility/", plain.verdicts),
    *(path(f"plain/{name}/", view) for name, view in ROUTES.items()),
    *(path(f"plain/{name}/<uuid:pk>/", view) for name, view in ROUTES.items()),
    path("", include("planner.urls")),
]


def paths(institution):
    """Return the calls: ten of them, and what they say by hand."""
    own = {"nominated_by": institution}
    application = Application.objects.filter(**own).first()
    placement = Placement.objects.filter(application=application).get()
    person = Participant.objects.get(pk=application.participant_id)
    return [
        "placements/",
        f"placements/{placement.pk}/",
        "nominations/",
        f"nominations/{application.pk}/",
        f"nominations/{application.pk}/eligibility/",
        "participants/",
        f"participants/{person.pk}/",
        "slots/",
        f"slots/{Slot.objects.first().pk}/",
        "intakes/",
        "events/?after=0",
    ]


def measure(secret, institution, rounds):
    """Yield (call, milliseconds of the API, by hand, questions of both)."""
    client = Client(headers={"Authorization": f"Api-Key {secret}"})
    for call in paths(institution):
        doors = (f"/api/v1/{call}", f"/plain/{call}")
        answers = [client.get(door) for door in doors]
        first, second = map(plain.read, answers)
        assert first == second, f"{call}: {first}\n is not\n{second}"
        asked = [_questions(client, door) for door in doors]
        # In turns, so that whatever else runs here slows down both alike.
        taken = [[_taken(client, door) for door in doors] for _round in range(rounds)]
        api, hand = (median(times) for times in zip(*taken, strict=True))
        yield call, api, hand, asked


def _taken(client, door):
    started = time.process_time()
    client.get(door)
    return 1000 * (time.process_time() - started)


def _questions(client, door):
    with CaptureQueriesContext(connection) as captured:
        client.get(door)
    return len(captured)
