"""Pins and prohibitions."""

from datetime import UTC, datetime

import pytest

from programs.domain import pins
from programs.models import AuditEvent, Pin
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 15, 3, tzinfo=UTC)


class Case:
    """An application, a slot with one seat, and the program's coordinator."""

    def __init__(self):
        self.slot = factories.slot.make(capacity_max=1)
        self.application = self.applicant()
        self.by = factories.coordinator(of=self.slot.intake.program.owner)

    def applicant(self):
        return factories.application.make(intake=self.slot.intake)

    def pin(self, verb=pins.pin, **given):
        given = {
            "application": self.application,
            "slot": self.slot,
            "by": self.by,
            "reason": "Agreed with the host.",
            "now": NOW,
        } | given
        return verb(**given)


@pytest.fixture
def case():
    return Case()


def refused(code):
    """Expect a refusal with the code."""
    return pytest.raises(Refusal, check=lambda refusal: refusal.code == code)


def test_pin_forbid_and_remove_are_audited(case):
    case.pin()
    row = case.pin(pins.forbid)
    assert Pin.objects.get().kind == "forbid"
    pins.remove(pin=row, by=case.by, now=NOW)
    assert not Pin.objects.exists()
    assert [entry.action for entry in AuditEvent.objects.order_by("sequence")] == [
        "pins.pin",
        "pins.forbid",
        "pins.remove",
    ]


def test_a_pin_has_a_reason(case):
    with pytest.raises(Refusal) as refusal:
        case.pin(reason="  ")
    assert refusal.value.field == "reason"


def test_only_usable_places_are_pinned_and_the_refusal_says_why(case):
    case.slot.state = "withdrawn"
    case.slot.save()
    with refused("not-eligible") as refusal:
        case.pin()
    assert "does not offer this slot" in str(refusal.value)
    assert refusal.value.params["reasons"] == ["slot_closed"]


def test_a_person_is_pinned_to_one_slot(case):
    case.pin()
    with refused("already-pinned"):
        case.pin(slot=factories.slot.make(intake=case.slot.intake))


def test_no_more_pins_than_seats(case):
    case.pin()
    with refused("no-seat"):
        case.pin(application=case.applicant())
    assert Pin.objects.count() == 1


@pytest.mark.parametrize("role", ["coordinator", "partner", "auditor", "approver"])
@pytest.mark.parametrize("verb", [pins.pin, pins.forbid])
def test_strangers_do_not_pin(case, verb, role):
    with refused("forbidden"):
        case.pin(verb, by=factories.member(role))


def test_strangers_do_not_remove_pins(case):
    with refused("forbidden"):
        pins.remove(pin=case.pin(), by=factories.partner(), now=NOW)
