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


@pytest.fixture
def way(case):
    """A pathway of the case's slot and one after it, with one seat each."""
    pathway = factories.pathway.make(intake=case.slot.intake)
    later = factories.slot.make(
        intake=case.slot.intake,
        capacity_max=1,
        starts_on=case.slot.ends_on,
        ends_on=case.slot.ends_on.replace(year=case.slot.ends_on.year + 1),
    )
    for position, slot in enumerate((case.slot, later), start=1):
        factories.pathway_step.make(pathway=pathway, position=position, slot=slot)
    return pathway


def test_a_pathway_is_pinned_and_forbidden_like_a_slot(case, way):
    row = case.pin(slot=None, pathway=way)
    assert (row.slot, row.pathway, row.place) == (None, way, way)
    entry = AuditEvent.objects.get()
    assert entry.data["pathway"] == str(way.pk)
    assert case.pin(pins.forbid, slot=None, pathway=way).pk == row.pk
    with refused("slot-or-pathway"):
        case.pin(pathway=way)
    with refused("slot-or-pathway"):
        case.pin(slot=None)


def test_somebody_pinned_to_a_pathway_is_pinned_to_nothing_else(case, way):
    case.pin(slot=None, pathway=way)
    with refused("already-pinned") as refusal:
        case.pin()
    assert way.title in str(refusal.value)


def test_a_pathway_has_no_more_pins_than_the_smallest_step_has_seats(case, way):
    last = way.steps.get(position=2).slot
    case.pin(slot=last)
    with refused("no-seat") as refusal:
        case.pin(application=case.applicant(), slot=None, pathway=way)
    assert str(last) in str(refusal.value)
    assert Pin.objects.count() == 1


def test_a_pathway_that_cannot_be_gone_is_not_pinned_and_the_refusal_says_why(
    case, way
):
    last = way.steps.get(position=2).slot
    last.state = "withdrawn"
    last.save()
    with refused("not-eligible") as refusal:
        case.pin(slot=None, pathway=way)
    assert refusal.value.params["reasons"] == ["slot_closed"]
    other = factories.pathway.make()
    with refused("not-eligible"):
        case.pin(slot=None, pathway=other)


def test_a_member_of_a_team_is_not_pinned_to_a_pathway(case, way):
    case.application.team = factories.team.make(intake=case.slot.intake)
    case.application.save()
    with refused("team-takes-no-pathway"):
        case.pin(slot=None, pathway=way)


def test_who_is_on_a_pathway_is_not_kept_out_of_it(case, way):
    factories.placement.make(application=case.application, slot=case.slot, pathway=way)
    with refused("place-held"):
        case.pin(pins.forbid, slot=None, pathway=way)
