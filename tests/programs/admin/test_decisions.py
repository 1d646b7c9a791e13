"""What is decided on a row's page: moves with a confirmation, pins, what is masked."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from programs.choices import IntakeState, PlacementState, SlotState
from programs.domain import sealing
from programs.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def intake():
    return factories.intake.make(state=IntakeState.DRAFT)


@pytest.fixture
def coordinator(client, intake):
    person = factories.coordinator(of=intake.program.owner)
    client.force_login(person)
    return person


def move(row, name):
    meta = row._meta
    address = f"admin:{meta.app_label}_{meta.model_name}_move"
    return reverse(address, args=[row.pk, name])


def change(row):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def test_a_move_asks_first_and_then_calls_the_verb(client, coordinator, intake):
    factories.slot.make(intake=intake)
    assert move(intake, "open") in client.get(change(intake)).content.decode()
    asked = client.get(move(intake, "open"))
    assert "Institutions can nominate people" in asked.content.decode()
    intake.refresh_from_db()
    assert intake.state == IntakeState.DRAFT
    client.post(move(intake, "open"))
    intake.refresh_from_db()
    assert intake.state == IntakeState.OPEN


def test_a_refusal_is_a_sentence_on_the_page(client, coordinator, intake):
    answer = client.post(move(intake, "open"), follow=True)
    assert "add at least one before opening it" in answer.content.decode()


def test_cancelling_needs_a_reason(client, coordinator, intake):
    asked = client.post(move(intake, "cancel"), {"confirmed": "1", "reason": " "})
    assert "Say why, in a sentence." in asked.content.decode()
    client.post(move(intake, "cancel"), {"confirmed": "1", "reason": "No money."})
    intake.refresh_from_db()
    assert intake.state == IntakeState.CANCELLED


def test_a_departure_is_recorded_with_its_day(client, coordinator, intake):
    """Told on 5 April, it happened on 30 March; what is no day is asked again."""
    placement = factories.placement.make(
        slot__intake=intake, state=PlacementState.CONFIRMED
    )
    address, form = move(placement, "depart"), {"confirmed": "1", "reason": ""}
    assert 'type="date"' in client.get(address).content.decode()
    with time_machine.travel(datetime(2027, 4, 5, 3, tzinfo=UTC), tick=False):
        client.force_login(coordinator)
        for wrong in ("yesterday", "2027-02-30"):
            asked = client.post(address, form | {"on": wrong})
            assert "This is no day." in asked.content.decode()
        early = client.post(address, form | {"on": "2027-03-01"}, follow=True)
        assert "cannot have happened before 18 March 2027" in early.content.decode()
        client.post(address, form | {"on": "2027-03-30"})
    [step] = placement.events.all()
    assert (step.to_state, step.on) == ("departed", date(2027, 3, 30))


def test_a_move_that_is_past_is_not_offered(client, coordinator, intake):
    answer = client.post(move(intake, "complete"), follow=True)
    assert "no longer allows this" in answer.content.decode()


def test_other_peoples_programs_stay_shut(client, intake):
    client.force_login(factories.coordinator())
    assert client.get(change(intake)).status_code == 302
    assert client.post(move(intake, "open")).status_code == 404


def test_several_placements_move_at_once(client, coordinator, intake):
    slot = factories.slot.make(intake=intake)
    rows = factories.placement.make(
        slot=slot, state=PlacementState.ACCEPTED, _quantity=2
    )
    late = factories.placement.make(slot=slot, state=PlacementState.DECLINED)
    address = reverse("admin:programs_placement_changelist")
    chosen = {"action": "confirm", "_selected_action": [r.pk for r in [*rows, late]]}
    asked = client.post(address, chosen)
    text = asked.content.decode()
    assert "This concerns 2 rows" in text
    assert "1 chosen row does not allow it" in text
    client.post(address, chosen | {"confirmed": "1"})
    for row in rows:
        row.refresh_from_db()
        assert row.state == PlacementState.CONFIRMED


def test_nobody_edits_a_placement(client, coordinator, intake):
    placement = factories.placement.make(slot__intake=intake)
    assert client.post(change(placement), {}).status_code == 403


def test_a_pin_is_made_and_taken_back(client, coordinator, intake):
    slot = factories.slot.make(intake=intake, state=SlotState.OPEN)
    application = factories.application.make(intake=intake)
    address = reverse("admin:programs_application_pin", args=[application.pk])
    told = {"slot": slot.pk, "kind": "forbid", "reason": "Family of the mentor."}
    client.post(address, told)
    pin = application.pins.get()
    assert (pin.slot, pin.kind, pin.created_by) == (slot, "forbid", coordinator)
    client.post(address, {"remove": pin.pk})
    assert not application.pins.exists()


def test_a_pathway_is_pinned_on_the_same_page_or_the_page_says_why_not(
    client, coordinator, intake
):
    pathway = factories.pathway.make(intake=intake)
    slot = factories.slot.make(intake=intake, state=SlotState.OPEN)
    factories.pathway_step.make(pathway=pathway, slot=slot)
    application = factories.application.make(intake=intake)
    address = reverse("admin:programs_application_pin", args=[application.pk])
    told = {"kind": "pin", "reason": "Promised in writing."}
    both = client.post(address, told | {"pathway": pathway.pk, "slot": slot.pk})
    assert not application.pins.exists()
    assert both.status_code == 200
    assert client.post(address, told | {"pathway": pathway.pk}).status_code == 302
    assert application.pins.get().pathway == pathway
    assert pathway.title in client.get(address).content.decode()
    listed = client.get(reverse("admin:programs_pin_changelist")).content.decode()
    assert pathway.title in listed


def test_protected_data_are_shown_once_and_noted(client, coordinator, intake):
    application = factories.application.make(intake=intake)
    person = application.participant
    person.nik = "3273015005990001"
    person.save()
    shown = client.get(change(person)).content.decode()
    assert person.nik not in shown
    assert AuditEvent.objects.filter(action="participants.read").count() == 1
    address = reverse("admin:programs_participant_reveal", args=[person.pk])
    assert person.nik not in client.get(address).content.decode()
    refused = client.post(address, {"reason": " "}).content.decode()
    assert "Say what you need the data for." in refused
    answer = client.post(address, {"reason": "A visa form."})
    assert person.nik in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    entry = AuditEvent.objects.get(action="participants.reveal")
    assert "visa" not in entry.data["reason"]
    assert sealing.opener(person.pk)(entry.data["reason"]) == "A visa form."


def test_partners_and_auditors_are_shown_no_protected_data(client):
    partner = factories.partner()
    person = factories.participant.make(
        registered_by=partner.memberships.get().institution
    )
    address = reverse("admin:programs_participant_reveal", args=[person.pk])
    for reader in (partner, factories.auditor()):
        client.force_login(reader)
        assert client.get(change(person)).status_code == 200
        assert client.get(address).status_code == 403


def test_an_edit_is_in_the_history_and_in_the_trail(client, coordinator, intake):
    form = {
        name: getattr(intake, name).isoformat()
        for name in ("opens_on", "closes_on", "decide_by", "starts_on", "ends_on")
    }
    form |= {
        "program": intake.program.pk,
        "code": intake.code,
        "max_choices": 2,
        "offer_days": 9,
        "time_zone": intake.time_zone,
        "slots-TOTAL_FORMS": 0,
        "slots-INITIAL_FORMS": 0,
    }
    assert client.post(change(intake), form).status_code == 302
    intake.refresh_from_db()
    assert intake.offer_days == 9
    assert intake.history.first().history_user == coordinator
    entry = AuditEvent.objects.get(action="desk.change")
    assert entry.object_id == str(intake.pk)
    history = reverse("admin:programs_intake_history", args=[intake.pk])
    assert client.get(history).status_code == 200
    version = intake.history.first().pk
    old = reverse("admin:programs_intake_simple_history", args=[intake.pk, version])
    assert client.get(old).status_code == 200
    assert client.post(old, form).status_code == 403
    client.force_login(factories.coordinator())
    assert client.get(history).status_code == 404
    assert client.get(old).status_code == 404


SIDES = {
    "sender": {"depart", "decline"},
    "host": {"reject", "mark-no-show"},
    "coordinator": {"depart", "decline", "reject", "mark-no-show"},
    "planner": set(),
}


@pytest.mark.parametrize("who", SIDES)
def test_each_side_has_the_buttons_of_its_own_steps(client, intake, who):
    """A sender confirms nothing for the host; who asks all the same is told why not."""
    placement = factories.placement.make(
        slot__intake=intake, state=PlacementState.CONFIRMED
    )
    users = {
        "sender": lambda: factories.partner(of=placement.application.nominated_by),
        "host": lambda: factories.partner(of=placement.slot.host),
        "coordinator": lambda: factories.coordinator(of=intake.program.owner),
        "planner": factories.planner,
    }
    client.force_login(users[who]())
    shown = client.get(change(placement)).content.decode()
    names = {"depart", "decline", "reject", "mark-no-show"}
    assert {name for name in names if move(placement, name) in shown} == SIDES[who]
    if who == "sender":
        told = client.get(move(placement, "reject"), follow=True).content.decode()
        assert "Only the institution concerned may do this." in told


@pytest.mark.parametrize(("who", "offered"), [("host", True), ("stranger", False)])
def test_a_slot_is_withdrawn_by_its_host_alone(client, intake, who, offered):
    slot = factories.slot.make(intake=intake, state=SlotState.OPEN)
    intake.state = IntakeState.OPEN
    intake.save()
    factories.application.make(intake=intake, nominated_by=factories.institution.make())
    client.force_login(factories.partner(of=slot.host if who == "host" else None))
    shown = client.get(change(slot)).content.decode()
    assert (move(slot, "withdraw") in shown) == offered
