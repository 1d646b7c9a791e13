"""Scenarios are made from choices and run; a what-if plan is never submitted."""

import pytest
from django.urls import reverse

from planner.models import Scenario
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "admin:desk_scenario_new"


def changes(*rows):
    """Return the fields of the form's changes."""
    fields = {"changes-TOTAL_FORMS": 5, "changes-INITIAL_FORMS": 0}
    for i, (target, value) in enumerate(rows):
        fields |= {f"changes-{i}-target": target, f"changes-{i}-value": value}
    return fields


@pytest.fixture
def asked(client, world):
    """Return a function that sends the form."""
    world.slot_ = world.slot(seats=1, fewest=1)
    world.source("state", 50_000_000)
    client.force_login(world.planner)
    return lambda name, *rows: client.post(
        reverse(NEW), {"name": name, **changes(*rows)}
    )


def test_choices_become_named_changes(asked, world):
    answer = asked(
        "More of both",
        ("budgets|state:2027", "+10%"),
        (f"capacities|{world.slot_.code}", "1-3"),
        ("weights|merit_points", "300"),
    )
    assert answer.status_code == 302
    assert Scenario.objects.get().overrides == {
        "budgets": {"state:2027": "+10%"},
        "capacities": {world.slot_.code: {"min": 1, "max": 3}},
        "weights": {"merit_points": 300},
    }


@pytest.mark.parametrize(
    ("target", "value", "told"),
    [
        ("budgets|state:2027", "plenty", "Write an amount such as 2,5 miliar"),
        ("weights|merit_points", "some", "points, or a change"),
        ("pins|person", "nobody off", "nobody with this code has applied"),
        ("pins|person", "off", "the person’s code and a slot"),
        ("dates|slot", "nowhere +14", "there is no open slot with this code"),
        ("dates|slot", "nowhere soon", "the slot and its days"),
        ("capacities|nowhere", "3", "Select a valid choice"),
    ],
)
def test_a_wrong_change_is_named(asked, target, value, told):
    answer = asked("Wrong", (target, value))
    assert told in answer.content.decode()
    assert not Scenario.objects.exists()


def test_a_scenario_changes_something_and_has_a_name_of_its_own(asked):
    assert "Name at least one change" in asked("Nothing").content.decode()
    asked("Twice", ("weights|merit_points", "300"))
    again = asked("Twice", ("weights|merit_points", "400"))
    assert "A scenario of this name exists" in again.content.decode()


def test_the_tree_shows_what_each_changes(asked, client):
    asked("Merit", ("weights|merit_points", "300"))
    shown = client.get(reverse("admin:desk_scenarios")).content.decode()
    assert "full merit score: 300" in shown


def test_only_planners_make_scenarios(client, world):
    client.force_login(world.approver)
    assert client.get(reverse(NEW)).status_code == 403


def test_changes_are_echoed_as_before_and_after(asked, client, world):
    answer = asked(
        "More",
        ("budgets|state:2027", "+12,5%"),
        (f"capacities|{world.slot_.code}", "3"),
    )
    client.get(answer.url)
    shown = client.get(reverse("admin:desk_scenarios")).content.decode()
    shown = shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "state:2027: Rp 50,000,000 → Rp 56,250,000" in shown
    assert f"{world.slot_.code}: 1–1 → 1–3" in shown


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("2,5 miliar", 2_500_000_000),
        ("+2 miliar", "+2000000000"),
        ("-12,5%", "-12.5%"),
    ],
)
def test_amounts_mean_what_an_indonesian_means(asked, value, stored):
    asked("Money", ("budgets|state:2027", value))
    assert Scenario.objects.get().overrides == {"budgets": {"state:2027": stored}}


def test_half_a_rupiah_is_refused_and_not_read_as_more(asked):
    assert (
        "Write an amount"
        in asked("Money", ("budgets|state:2027", "12,5")).content.decode()
    )


def test_rates_pins_rules_and_days_are_changed_too(asked, client):
    answer = asked(
        "Everything else",
        ("rates|shock", "+12,5%"),
        ("pins|pins", "mati"),
        ("rules|age", "off"),
        ("dates|decide_by", "01/03/2027"),
    )
    assert answer.status_code == 302
    assert Scenario.objects.get().overrides == {
        "rates": {"shock": "1.125"},
        "pins": {"pins": "off"},
        "rules": {"age": "off"},
        "dates": {"decide_by": "2027-03-01"},
    }
    client.cookies["django_language"] = "en"
    shown = client.get(reverse("admin:desk_scenarios")).content.decode()
    assert "exchange rates of all foreign money: 100% → 112.5%" in shown
    assert "day by which rules are judged: 1 March 2027" in shown
    assert "age: on → off" in shown


@pytest.mark.parametrize(
    ("target", "value", "told"),
    [
        ("rates|shock", "more", "a factor such as 1,1"),
        ("rates|shock", "-95%", "between 0.1 and 10"),
        ("pins|pins", "maybe", "“off”"),
        ("dates|decide_by", "32/13/2027", "a day such as"),
    ],
)
def test_what_none_of_these_can_be_is_said(asked, client, target, value, told):
    client.cookies["django_language"] = "en"
    assert told in asked("Wrong", (target, value)).content.decode()
    assert not Scenario.objects.exists()


def test_one_person_is_pinned_and_one_slot_moved(asked, client, world):
    person = world.person(world.slot_)
    participant, slot = person.participant, world.slot_
    name = f"{participant.registered_by.code}/{participant.code}"
    answer = asked(
        "Pinned",
        ("pins|person", f"{participant.code} \u2192 {slot.code}"),
        ("dates|slot", f"{slot.host.code}/{slot.code} 01/04/2027 s.d. 01/08/2027"),
    )
    assert answer.status_code == 302
    assert Scenario.objects.get().overrides == {
        "pins": {name: slot.name},
        "dates": {slot.name: {"starts_on": "2027-04-01", "ends_on": "2027-08-01"}},
    }
    asked("Later", ("dates|slot", f"{slot.code} +2 minggu"))
    asked("Free", ("pins|person", f"{name} mati"))
    client.cookies["django_language"] = "en"
    shown = client.get(reverse("admin:desk_scenarios")).content.decode()
    assert f"{name}: not pinned \u2192 {slot.name}" in shown
    assert "1 April 2027\u20131 August 2027" in shown
    stranger = world.person(world.slot(intake=world.add_intake()))
    told = asked("No", ("pins|person", f"{participant.code} {slots_of(stranger)}"))
    assert "has not applied in the intake" in told.content.decode()


def test_one_person_is_pinned_to_a_pathway(asked, client, world):
    pathway = factories.pathway.make(intake=world.intake)
    person = world.person(world.slot_)
    participant = person.participant
    name = f"{participant.registered_by.code}/{participant.code}"
    answer = asked("Way", ("pins|person", f"{participant.code} {pathway.code}"))
    assert answer.status_code == 302
    assert Scenario.objects.get().overrides == {"pins": {name: pathway.code}}
    factories.pin.make(application=person, slot=None, pathway=pathway, kind="pin")
    asked("Free", ("pins|person", f"{name} off"))
    client.cookies["django_language"] = "en"
    shown = client.get(reverse("admin:desk_scenarios")).content.decode()
    assert f"{name}: {pathway.code} \u2192 not pinned" in shown


def slots_of(application):
    return application.preferences.get().slot.code


@pytest.mark.parametrize(
    ("target", "text", "stored"),
    [
        ("resources|{resource}", "+2", "+2"),
        ("weights|merit_points", "+10%", "+10%"),
        ("capacities|{slot}", "-1", {"max": "-1"}),
    ],
)
def test_more_is_never_read_as_a_new_figure(asked, world, target, text, stored):
    """ "+2" beds used to mean 2 beds."""
    resource = factories.shared_resource.make(code="beds", capacity=6).code
    asked("More", (target.format(resource=resource, slot=world.slot_.name), text))
    ((changes,),) = ([each] for each in Scenario.objects.get().overrides.values())
    assert list(changes.values()) == [stored]


def test_a_change_on_top_of_another_is_one_of_what_that_leaves(asked, client, world):
    asked("Four", ("budgets|state:2027", "40 juta"))
    parent = Scenario.objects.get()
    fields = {"name": "More", "parent": parent.pk}
    client.post(reverse(NEW), fields | changes(("budgets|state:2027", "+10%")))
    client.cookies["django_language"] = "id"
    shown = client.get(reverse("admin:desk_scenarios")).content.decode()
    shown = shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "state:2027: Rp 50.000.000 \u2192 Rp 40.000.000" in shown
    assert "state:2027: Rp 40.000.000 \u2192 Rp 44.000.000" in shown
