"""Applications are judged when they are all in."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from programs.domain import audit, judging
from programs.models import AuditEvent, Event
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 15, 3, tzinfo=UTC)


@pytest.fixture
def intake():
    return factories.intake.make(state="closed", program__min_age=18)


@pytest.fixture
def coordinator(intake):
    return factories.coordinator(of=intake.program.owner)


def state(application):
    application.refresh_from_db()
    return application.state


def test_eligible_with_one_usable_option(intake, coordinator):
    factories.slot.make(intake=intake)
    old = factories.application.make(intake=intake)
    young = factories.application.make(
        intake=intake, participant__birth_date="2015-01-01"
    )
    counts = judging.judge(intake=intake, by=coordinator, now=NOW)
    assert counts == {"eligible": 1, "ineligible": 1}
    assert (state(old), state(young)) == ("eligible", "ineligible")
    assert {event.kind for event in Event.objects.all()} == {
        "application.eligible",
        "application.ineligible",
    }
    assert audit.verify_chain().ok


def test_a_wish_that_cannot_be_does_not_count(intake, coordinator):
    wanted = factories.slot.make(intake=intake, state="withdrawn")
    factories.slot.make(intake=intake)
    application = factories.application.make(intake=intake)
    factories.preference.make(application=application, slot=wanted)
    judging.judge(intake=intake, by=coordinator, now=NOW)
    assert state(application) == "ineligible"


def test_judging_again_takes_in_what_has_come_since(intake, coordinator):
    slot = factories.slot.make(intake=intake)
    need = factories.skill_requirement.make(slot=slot)
    application = factories.application.make(intake=intake)
    judging.judge(intake=intake, by=coordinator, now=NOW)
    assert state(application) == "ineligible"
    factories.skill_claim.make(
        participant=application.participant, skill=need.skill, level=2
    )
    for _ in range(2):
        judging.judge(intake=intake, by=coordinator, now=NOW)
        assert state(application) == "eligible"
    assert [entry.data["changed"] for entry in AuditEvent.objects.all()] == [0, 1, 1]


@pytest.mark.parametrize("decided", ["placed", "reserve", "withdrawn", "draft"])
def test_what_is_decided_stays(intake, coordinator, decided):
    factories.slot.make(intake=intake)
    application = factories.application.make(intake=intake, state=decided)
    judging.judge(intake=intake, by=coordinator, now=NOW)
    assert state(application) == decided


def test_an_open_intake_is_not_judged(intake, coordinator):
    intake.state = "open"
    with pytest.raises(Refusal) as refusal:
        judging.judge(intake=intake, by=coordinator, now=NOW)
    assert refusal.value.code == "intake-not-closed"


@pytest.mark.parametrize("role", ["coordinator", "partner", "auditor", "approver"])
def test_strangers_do_not_judge(intake, role):
    with pytest.raises(Refusal) as refusal:
        judging.judge(intake=intake, by=factories.member(role), now=NOW)
    assert refusal.value.kind == "forbidden"


def test_queries_do_not_grow(intake, coordinator, django_assert_num_queries):
    factories.slot.make(intake=intake)
    judging.judge(intake=intake, by=coordinator, now=NOW)
    clock = 2 * (connection.vendor == "postgresql")  # asked of the server, twice
    for _ in range(2):
        factories.application.make(intake=intake, _quantity=2)
        with django_assert_num_queries(40 + clock):
            judging.judge(intake=intake, by=coordinator, now=NOW)
