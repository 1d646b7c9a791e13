"""Slots and ratings: what hosts may do, and until when."""

from datetime import UTC, datetime

import pytest

from programs.choices import IntakeState, SlotState
from programs.domain import host_ratings, slots
from programs.models import AuditEvent, HostRating, Region, Slot
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


@pytest.mark.parametrize(
    ("country", "region", "code"),
    [
        ("MY", "32", "province-abroad"),
        ("ID", "32.04", "not-a-province"),
        ("ID", "32", None),
    ],
)
def test_a_slot_in_indonesia_alone_names_a_province(country, region, code):
    regency = factories.region.make(
        kemendagri_code="32.04", level="regency", parent=factories.west_java()
    )
    assert regency.parent_id == "32"
    slot = factories.slot.make(country=factories.country_of(country))
    changes = {"province": Region.objects.get(pk=region)}
    by = factories.partner(of=slot.host)
    if code is None:
        slots.update(slot=slot, by=by, now=NOW, **changes)
        assert Slot.objects.get().province_id == "32"
        malaysia = factories.malaysia()
        with pytest.raises(Refusal, match="leave it empty"):
            slots.update(slot=slot, by=by, now=NOW, country=malaysia)
        return
    with pytest.raises(Refusal) as refused:
        slots.update(slot=slot, by=by, now=NOW, **changes)
    assert (refused.value.code, refused.value.field) == (code, "province")


def test_the_province_of_a_host_is_where_it_lies():
    java = factories.west_java()
    regency = factories.region.make(level="regency", parent=java)
    indonesia = factories.indonesia()
    here = factories.institution.prepare(country=indonesia, region=regency)
    assert slots.province_of(here) == "32"
    here.region = java
    assert slots.province_of(here) == "32"
    here.region = None
    assert slots.province_of(here) is None
    abroad = factories.institution.prepare(country=factories.malaysia(), region=java)
    assert slots.province_of(abroad) is None


def test_a_province_counts_as_a_rule_for_who_has_a_place():
    """Moving a slot far from home would keep out who holds a place there."""
    java = factories.java()
    slot = factories.slot.make(
        country=factories.indonesia(), province=java["32"], condition="nearness = own"
    )
    factories.placement.make(slot=slot, state="accepted")
    officer = factories.coordinator(of=slot.intake.program.owner)
    with pytest.raises(Refusal) as refused:
        slots.update(slot=slot, by=officer, now=NOW, province=java["35"])
    assert refused.value.code == "promised-kept-out"


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
