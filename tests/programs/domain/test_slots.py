"""Slots and ratings: what hosts may do, and until when."""

from datetime import UTC, datetime

import pytest

from programs.choices import IntakeState, SlotState
from programs.domain import host_ratings, slots
from programs.models import AuditEvent, HostRating
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)


@pytest.fixture
def slot():
    """An open slot."""
    return factories.slot.make()


@pytest.fixture
def host(slot):
    """Somebody who works for its host."""
    return factories.partner(of=slot.host)


def test_coordinator_opens_a_proposed_slot(slot):
    slot.state = SlotState.PROPOSED
    slot.save()
    officer = factories.coordinator(of=slot.intake.program.owner)
    slots.open_(slot=slot, by=officer, now=NOW)
    assert slot.state == SlotState.OPEN


def test_the_host_cannot_open_it(slot, host):
    with pytest.raises(Refusal):
        slots.open_(slot=slot, by=host, now=NOW)


def test_a_change_is_audited_by_its_fields(slot, host):
    slots.update(slot=slot, by=host, now=NOW, city="Kulim", capacity_max=9)
    entry = AuditEvent.objects.get()
    assert entry.data == {"changed": ["capacity_max", "city"]}


def test_a_slot_with_people_is_not_withdrawn(slot, host):
    factories.placement.make(slot=slot)
    with pytest.raises(Refusal) as refused:
        slots.withdraw(slot=slot, by=host, now=NOW)
    assert refused.value.params == {"count": 1}


def test_an_empty_slot_is_withdrawn(slot, host):
    slots.withdraw(slot=slot, by=host, now=NOW)
    assert slot.state == SlotState.WITHDRAWN


def test_the_same_code_twice_is_refused(slot, host):
    with pytest.raises(Refusal) as refused:
        slots.propose(
            intake=slot.intake,
            by=host,
            now=NOW,
            code=slot.code,
            role_title_en="x",
            role_title_id="x",
            city="Penang",
            country=slot.country,
            starts_on=slot.starts_on,
            ends_on=slot.ends_on,
            capacity_min=1,
            capacity_max=2,
            work_language="en",
        )
    assert (refused.value.code, refused.value.field) == ("duplicate", "code")


def test_candidates_appear_when_the_intake_closes(slot):
    wish = factories.preference.make(slot=slot, application__intake=slot.intake)
    assert not slots.candidates(slot=slot)
    slot.intake.state = IntakeState.CLOSED
    slot.intake.save()
    assert slots.candidates(slot=slot).get() == wish.application


def test_ratings_end_with_the_decision(slot, host):
    application = factories.application.make(intake=slot.intake)
    host_ratings.rate(application=application, slot=slot, by=host, now=NOW, score=70)
    late = datetime(2027, 2, 27, 3, tzinfo=UTC)
    with pytest.raises(Refusal) as refused:
        host_ratings.rate(
            application=application, slot=slot, by=host, now=late, score=1
        )
    assert refused.value.code == "ratings-closed"
    assert HostRating.objects.get().score == 70


def test_a_person_of_another_intake_is_not_rated(slot, host):
    stranger = factories.application.make()
    with pytest.raises(Refusal) as refused:
        host_ratings.rate(application=stranger, slot=slot, by=host, now=NOW, score=1)
    assert refused.value.code == "other-intake"
