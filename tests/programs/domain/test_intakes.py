"""Intakes: who may move them, and what stands in the way."""

from datetime import UTC, datetime

import pytest

from programs.choices import IntakeState, PlacementState
from programs.domain import intakes
from programs.models import AuditEvent, Event
from programs.refusals import Refusal, RefusalKind
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 12, 3, tzinfo=UTC)


@pytest.fixture
def intake():
    """A draft with one slot."""
    intake = factories.intake.make(state=IntakeState.DRAFT)
    factories.slot.make(intake=intake)
    return intake


@pytest.fixture
def officer(intake):
    """A coordinator of the intake's program."""
    return factories.coordinator(of=intake.program.owner)


def test_a_whole_life(intake, officer):
    for verb in (
        intakes.open_,
        intakes.close,
        intakes.start_allocating,
        intakes.decide,
        intakes.start,
        intakes.complete,
    ):
        verb(intake=intake, by=officer, now=NOW)
    assert intake.state == IntakeState.COMPLETED
    assert AuditEvent.objects.count() == Event.objects.count() == 6


def test_an_intake_without_slots_does_not_open(officer, intake):
    intake.slots.all().delete()
    with pytest.raises(Refusal) as refused:
        intakes.open_(intake=intake, by=officer, now=NOW)
    assert refused.value.code == "no-slots"


def test_others_may_not(intake):
    for stranger in (factories.coordinator(), factories.partner(), factories.auditor()):
        with pytest.raises(Refusal) as refused:
            intakes.open_(intake=intake, by=stranger, now=NOW)
        assert refused.value.kind == RefusalKind.FORBIDDEN


def test_an_intake_with_people_in_it_is_not_cancelled(intake, officer):
    placed = factories.placement.make(slot=intake.slots.get())
    with pytest.raises(Refusal) as refused:
        intakes.cancel(intake=intake, by=officer, now=NOW, reason="no money")
    assert refused.value.params == {"count": 1}
    placed.state = PlacementState.DECLINED
    placed.save()
    intakes.cancel(intake=intake, by=officer, now=NOW, reason="no money")
    assert intake.state == IntakeState.CANCELLED


def test_cancelling_needs_a_reason(intake, officer):
    with pytest.raises(Refusal) as refused:
        intakes.cancel(intake=intake, by=officer, now=NOW, reason=" ")
    assert refused.value.field == "reason"
