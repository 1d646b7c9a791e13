"""Senders hear of what concerns them: an opened intake, a changed slot."""

from datetime import UTC, datetime

import pytest

from programs.domain import intakes, slots
from programs.models import Event
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 10, 3, tzinfo=UTC)


@pytest.fixture
def sender():
    """An institution that registers people."""
    return factories.participant.make().registered_by


@pytest.fixture
def planner():
    """Somebody who may move every intake."""
    return factories.planner()


def told(kind):
    """Return who heard of the last event of a kind."""
    event = Event.objects.filter(kind=kind).order_by("sequence").last()
    return set(event.institutions.values_list("pk", flat=True)) if event else None


def test_senders_and_hosts_hear_of_an_opened_intake_and_others_do_not(sender, planner):
    slot = factories.slot.make(intake__state="draft")
    factories.institution.make()
    intakes.open_(intake=slot.intake, by=planner, now=NOW)
    assert told("intake.open") == {slot.host_id, sender.pk}


def test_who_nominated_hears_that_an_intake_closed(sender, planner):
    slot = factories.slot.make()
    factories.application.make(intake=slot.intake, nominated_by=sender)
    gone = factories.application.make(
        intake=slot.intake,
        nominated_by=factories.institution.make(),
        state="withdrawn",
    )
    intakes.close(intake=slot.intake, by=planner, now=NOW)
    assert told("intake.closed") == {slot.host_id, sender.pk}
    assert gone.nominated_by_id not in told("intake.closed")


@pytest.mark.parametrize("by_pathway", [False, True])
def test_who_wishes_for_a_slot_hears_of_its_change(sender, by_pathway):
    slot = factories.slot.make()
    other = factories.preference.make(slot=factories.slot.make(intake=slot.intake))
    row = factories.application.make(intake=slot.intake, nominated_by=sender)
    wish = {"slot": slot}
    if by_pathway:
        pathway = factories.pathway_step.make(slot=slot).pathway
        wish = {"slot": None, "pathway": pathway}
    factories.preference.make(application=row, **wish)
    host = factories.partner(of=slot.host)
    slots.update(slot=slot, by=host, now=NOW, city="Ipoh")
    assert told("slot.update") == {slot.host_id, sender.pk}
    assert other.application.nominated_by_id not in told("slot.update")
