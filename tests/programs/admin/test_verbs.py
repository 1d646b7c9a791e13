"""Forms of the desk write what a verb would write, and tell of it in the same words."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from programs.choices import ApplicationState, IntakeState
from programs.domain import sealing
from programs.models import Application, AuditEvent, CostRule, Event, Participant, Slot
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel("2027-02-01T03:00:00Z", tick=False):
        yield


@pytest.fixture
def slot(client):
    """A slot in an open intake, with its coordinator at the desk."""
    slot = factories.slot.make(capacity_min=1, capacity_max=5)
    client.force_login(factories.coordinator(of=slot.intake.program.owner))
    return slot


def address(model, *row):
    name = f"admin:programs_{model._meta.model_name}_{'change' if row else 'add'}"
    return reverse(name, args=[one.pk for one in row])


def filled(client, url, **changes):
    """Return what the page's form would send, with changes."""
    context = client.get(url).context
    sent = dict(context["adminform"].form.initial)
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        sent |= {
            f"{formset.prefix}-TOTAL_FORMS": formset.initial_form_count(),
            f"{formset.prefix}-INITIAL_FORMS": formset.initial_form_count(),
        }
        for form in formset.initial_forms:
            values = {"id": form.instance.pk} | form.initial
            sent |= {f"{form.prefix}-{name}": v for name, v in values.items()}
    sent |= changes
    return {name: "" if value is None else value for name, value in sent.items()}


def told():
    """Return the actions of the trail and the kinds of events."""
    trail = AuditEvent.objects.order_by("sequence").values_list("action", flat=True)
    kinds = Event.objects.order_by("sequence").values_list("kind", flat=True)
    return list(trail), list(kinds)


def test_a_slot_changed_on_the_desk_is_told_like_a_verbs(client, slot):
    url = address(Slot, slot)
    answer = client.post(url, filled(client, url, city="Kulim"))
    assert answer.status_code == 302, answer.context["errors"]
    assert Slot.objects.get().city == "Kulim"
    assert told() == (["slots.update"], ["slot.update"])
    assert AuditEvent.objects.get().data == {"changed": ["city"]}


def test_a_slot_keeps_the_seats_of_people_who_hold_them(client, slot):
    for _number in range(2):
        factories.placement.make(slot=slot)
    url = address(Slot, slot)
    answer = client.post(url, filled(client, url, capacity_max=1))
    assert answer.status_code == 200
    assert "2 people hold places" in answer.content.decode()
    assert Slot.objects.get(pk=slot.pk).capacity_max == 5
    assert told() == ([], [])


def test_a_slot_stays_where_its_people_have_room(client, slot):
    """One place is held in 2028, where a cap lets one in; the slot's is of 2027."""
    cap = factories.route_cap.make(
        is_yearly=True, route=factories.immigration_route.make()
    )
    for year in (2027, 2028):
        days = {"starts_on": date(year, 4, 1), "ends_on": date(year, 9, 1)}
        held = slot if year == 2027 else factories.slot.make(route=cap.route)
        Slot.objects.filter(pk=held.pk).update(route=cap.route, **days)
        factories.placement.make(slot=held)
    url = address(Slot, slot)
    days = {"starts_on": "2028-05-01", "ends_on": "2028-08-01"}
    answer = client.post(url, filled(client, url, **days))
    assert answer.status_code == 200
    assert "A cap of the immigration route allows no more people" in (
        answer.content.decode()
    )
    assert Slot.objects.get(pk=slot.pk).starts_on == date(2027, 4, 1)
    assert told() == ([], [])


def test_a_program_stays_out_of_a_sector_that_has_no_room(client, slot):
    cap = factories.route_cap.make(sector="health")
    program = slot.intake.program
    for each, sector in ((slot, ""), (factories.slot.make(), "health")):
        type(program).objects.filter(pk=each.intake.program_id).update(
            priority_sector=sector
        )
        Slot.objects.filter(pk=each.pk).update(route=cap.route)
        factories.placement.make(slot=each)
    url = address(type(program), program)
    answer = client.post(url, filled(client, url, priority_sector="health"))
    assert answer.status_code == 200
    assert "A cap of the immigration route allows no more people" in (
        answer.content.decode()
    )
    program.refresh_from_db()
    assert program.priority_sector == ""


def test_a_slot_added_on_the_desk_is_proposed_and_opened(client, slot):
    url = address(Slot)
    changes = {
        name: value
        for name, value in filled(client, address(Slot, slot)).items()
        if "-" not in name or name.endswith("_FORMS")
    }
    answer = client.post(url, filled(client, url, **changes | {"code": "new-slot"}))
    assert answer.status_code == 302, answer.context["errors"]
    assert told() == (["slots.propose", "slots.open"], ["slot.propose", "slot.open"])


def test_a_person_changed_on_the_desk_is_told_of(client, slot):
    person = factories.participant.make()
    factories.application.make(participant=person, intake=slot.intake)
    url = address(Participant, person)
    answer = client.post(url, filled(client, url, given_name="Rini"))
    assert answer.status_code == 302, answer.context["errors"]
    assert told() == (
        ["participants.read", "participants.update"],
        ["participant.updated"],
    )


def test_a_cost_rule_changed_on_the_desk_is_told_like_a_files(client, slot):
    rule = factories.cost_rule.make(program=slot.intake.program)
    url = address(CostRule, rule)
    answer = client.post(url, filled(client, url, amount="99"))
    assert answer.status_code == 302, answer.context["errors"]
    assert told() == (["cost_rules.change"], [])


def nominated(client, slot, **changes):
    """Send the form of a new application."""
    person = factories.participant.make()
    factories.application.make(participant=person, intake__program=slot.intake.program)
    url = address(Application)
    fields = {
        "participant": person.pk,
        "intake": slot.intake.pk,
        "nominated_by": person.registered_by.pk,
        "merit_score": "80",
        "carry_over_points": "0",
    }
    answer = client.post(url, filled(client, url, **fields | changes))
    return answer, Application.objects.filter(intake=slot.intake)


def test_an_application_added_on_the_desk_is_sent(client, slot):
    answer, made = nominated(client, slot)
    assert answer.status_code == 302, answer.context["errors"]
    assert made.get().state == ApplicationState.SUBMITTED
    assert told() == (["applications.submit"], ["application.submit"])


@pytest.mark.parametrize(
    ("state", "reason", "is_taken"),
    [
        (IntakeState.CLOSED, "", False),
        (IntakeState.CLOSED, "the post was late", True),
        (IntakeState.DECIDED, "the minister asks", False),
    ],
)
def test_who_comes_late_needs_a_reason(client, slot, state, reason, is_taken):
    slot.intake.state = state
    slot.intake.save()
    answer, made = nominated(client, slot, reason=reason)
    assert answer.status_code == (302 if is_taken else 200)
    assert made.exists() is is_taken
    if is_taken:
        entry = AuditEvent.objects.get()
        assert reason not in entry.data["reason"]
        assert sealing.opened(entry)["reason"] == reason
        address = reverse("admin:programs_auditevent_change", args=[entry.pk])
        client.force_login(factories.auditor())
        assert reason in client.get(address).content.decode()
    else:
        assert "Applications are taken from" in answer.content.decode()


def test_wishes_stay_within_the_intake(client, slot):
    application = factories.application.make(
        intake=slot.intake, state=ApplicationState.SUBMITTED
    )
    factories.preference.make(application=application, slot=slot, rank=1)
    other = factories.slot.make(intake__program=slot.intake.program)
    url = address(Application, application)
    answer = client.post(url, filled(client, url, **{"preferences-0-slot": other.pk}))
    assert answer.status_code == 200
    assert "is not open in this intake" in answer.content.decode()
    mine = factories.slot.make(intake=slot.intake)
    answer = client.post(url, filled(client, url, **{"preferences-0-slot": mine.pk}))
    assert answer.status_code == 302, answer.context["errors"]
    assert application.preferences.get().slot == mine
    assert told() == (
        ["applications.set_preferences"],
        ["application.set_preferences"],
    )
