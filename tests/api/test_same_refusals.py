"""The door refuses what a verb refuses: the same codes as files and the desk get."""

import pytest

from programs.choices import ApplicationState, IntakeState
from programs.models import AuditEvent, Event
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(sender):
    """The sender's nominee, with a wish, in an open intake."""
    slot = factories.slot.make()
    application = factories.application.make(
        intake=slot.intake,
        nominated_by=sender.institution,
        participant__registered_by=sender.institution,
        state=ApplicationState.SUBMITTED,
    )
    factories.preference.make(application=application, slot=slot, rank=1)
    return application


def rank(sender, application, *slots):
    path = f"nominations/{application.pk}/preferences/"
    return sender.send("put", path, {"preferences": [str(slot.pk) for slot in slots]})


def refused(answer, code):
    assert answer.json()["type"] == f"/problems/{code}", answer.content
    assert answer.status_code in {409, 422}
    assert not AuditEvent.objects.exists()
    assert not Event.objects.exists()


def test_a_withdrawn_application_keeps_its_wishes(sender, application):
    application.state = ApplicationState.WITHDRAWN
    application.save()
    refused(rank(sender, application), "withdrawn")


@pytest.mark.parametrize(
    "state", [IntakeState.CLOSED, IntakeState.ALLOCATING, IntakeState.DECIDED]
)
def test_a_closed_intake_takes_no_wishes_and_no_people(sender, application, state):
    application.intake.state = state
    application.intake.save()
    refused(rank(sender, application), "intake-not-open")
    person = factories.participant.make(registered_by=sender.institution)
    body = {
        "participant": str(person.pk),
        "intake": str(application.intake.pk),
        "preferences": [],
    }
    refused(sender.send("post", "nominations/", body), "intake-not-open")


def test_a_wish_is_of_the_intake(sender, application):
    refused(rank(sender, application, factories.slot.make()), "not-in-intake")


def test_a_slot_keeps_the_seats_of_people_who_hold_them(host):
    slot = factories.slot.make(host=host.institution, capacity_min=1)
    for _number in range(2):
        factories.placement.make(slot=slot)
    answer = host.send("patch", f"slots/{slot.pk}/", {"capacity_max": 1})
    refused(answer, "seats-in-use")
    assert answer.json()["errors"][0]["pointer"] == "/capacity_max"


def test_a_stay_ends_after_it_begins(host):
    slot = factories.slot.make(host=host.institution)
    body = {"ends_on": slot.starts_on.isoformat()}
    refused(host.send("patch", f"slots/{slot.pk}/", body), "out-of-order")
