"""Pins of single people through the API."""

import pytest

from programs.models import AuditEvent, Pin
from tests import factories

from .conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot():
    return factories.slot.make(state="open")


@pytest.fixture
def officer(slot):
    caller = Caller()
    caller.force_login(factories.coordinator(of=slot.intake.program.owner))
    return caller


@pytest.fixture
def word(slot):
    application = factories.application.make(intake=slot.intake)
    return {
        "nomination": str(application.pk),
        "slot": str(slot.pk),
        "kind": "pin",
        "reason": "Agreed with the host.",
    }


def test_a_person_is_pinned_kept_out_and_free_again(officer, word):
    made = officer.send("post", "pins/", word)
    assert made.status_code == 201, made.content
    assert made.json()["nomination"] == word["nomination"]
    kept_out = officer.send("post", "pins/", word | {"kind": "forbid"})
    assert kept_out.json()["id"] == made.json()["id"]
    path = f"pins/{made.json()['id']}/"
    assert officer.send("get", path).json()["kind"] == "forbid"
    assert officer.send("delete", path).status_code == 204
    assert not Pin.objects.exists()
    told = AuditEvent.objects.filter(action__startswith="pins.").order_by("sequence")
    assert [each.action for each in told] == ["pins.pin", "pins.forbid", "pins.remove"]


def test_a_place_is_one_slot_or_one_pathway(officer, word):
    for more in ({"slot": None}, {"reason": ""}, {"kind": "must"}, {"x": 1}):
        answer = officer.send("post", "pins/", word | more)
        assert answer.status_code in (400, 409, 422), answer.content
    assert not Pin.objects.exists()


def test_pins_of_other_programs_are_out_of_reach(officer, word):
    other = factories.pin.make()
    path = f"pins/{other.pk}/"
    for method in ("get", "delete"):
        assert officer.send(method, path).status_code == 404
    elsewhere = word | {"nomination": str(other.application_id)}
    assert officer.send("post", "pins/", elsewhere).status_code in (400, 403)
