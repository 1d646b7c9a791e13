"""What a slot is, who could take it, and how a run filled it."""

import pytest
from django.utils.html import strip_tags

from planner.allocation.solving import inquiring
from programs.models import Slot
from tests import factories
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db


def test_a_slot_says_how_it_was_filled_and_what_a_seat_costs(as_planner, solved, world):
    shown = text(as_planner.get(page("desk_slot", world.slot_.pk)))
    assert "1 of 1 seats are filled." in shown
    assert "Placed here" in shown
    assert "No room in the plan" in shown
    assert "Rp 10 m: STATE" in shown.replace("\xa0", " ")


def test_a_slot_says_all_that_program_and_slot_ask_for(as_planner, world):
    slot = world.slot()
    slot.condition = "gpa >= 3"
    slot.min_kkni = 5
    slot.save()
    for name, value in {
        "condition": "language(ja) >= A2",
        "citizenship_id": "ID",
        "min_age": 18,
        "max_age": 35,
        "min_kkni": 6,
    }.items():
        setattr(world.program, name, value)
    world.program.save()
    shown = strip_tags(text(as_planner.get(page("desk_slot", slot.pk))))
    shown = " ".join(shown.split())
    assert "Japanese at least A2" in shown
    assert "Grade point average at least 3" in shown
    assert "Age≥ 18 ≤ 35" in shown
    assert "CitizenshipIndonesia" in shown
    assert "KKNI≥ 6" in shown
    assert "≥ 5" not in shown


def test_a_slot_lists_its_people_with_verdicts_and_outcome(as_planner, solved, world):
    world.program.min_kkni = 4
    world.program.save()
    unfit = world.person(world.slot_, who={"kkni": 1})
    other = world.person(world.slot(), who={"kkni": 6})
    address = page("desk_slot_people", world.slot_.pk)
    asked = text(as_planner.get(address))
    assert "3 people asked for it, 2 of them meet the rules" in asked
    assert "everybody in the intake 3 do" in asked
    assert "KKNI level (1)" in asked
    assert unfit.participant.code in asked
    assert other.participant.code not in asked
    everybody = text(as_planner.get(address + "?who=all"))
    assert other.participant.code in everybody
    able = text(as_planner.get(address + "?who=fits"))
    assert unfit.participant.code not in able
    assert as_planner.get(address + "?who=nobody").status_code == 404


def test_a_warning_is_not_among_what_keeps_people_out_of_a_slot(as_planner, world):
    world.program.min_kkni = 4
    world.program.save()
    slot = world.slot()
    Slot.objects.update(route=factories.immigration_route.make(lead_time_days=9_999))
    world.person(slot, who={"kkni": 1})
    shown = text(as_planner.get(page("desk_slot_people", slot.pk)))
    assert "1 people asked for it, 0 of them meet the rules" in shown
    assert "KKNI level (1)" in shown
    assert "too late for the papers" not in shown


def test_a_slot_tells_whom_a_pathway_brings(as_planner, world):
    """Somebody who asked for the pathway is judged as its step."""
    first, second = (
        world.slot(),
        world.slot(starts_on="2028-01-01", ends_on="2028-03-01"),
    )
    pathway = factories.pathway.make(intake=world.intake)
    for number, slot in enumerate((first, second), start=1):
        factories.pathway_step.make(pathway=pathway, slot=slot, position=number)
    walker = world.person(pathway)
    shown = text(as_planner.get(page("desk_slot_people", second.pk)))
    assert "1 people asked for it" in shown
    assert walker.participant.code in shown


def test_a_slot_costs_the_same_for_one_and_three_people(as_planner, world, plan):
    slot = world.slot(seats=3)
    world.person(slot)
    plan()
    addresses = page("desk_slot", slot.pk), page("desk_slot_people", slot.pk)
    queries(as_planner, *addresses)
    one = queries(as_planner, *addresses)
    world.person(slot)
    world.person(slot)
    plan()
    assert queries(as_planner, *addresses) == one


def test_a_run_of_elsewhere_does_not_explain_a_slot(as_planner, solved, world):
    elsewhere = factories.slot.make()
    address = page("desk_slot", elsewhere.pk) + f"?run={solved.number}"
    assert as_planner.get(address).status_code == 404


def test_a_slot_says_with_what_one_more_could_have_it(
    as_planner, client, solved, world, publish
):
    """The host reads its own seats with amounts, and nothing before publication."""
    said = "possible for one person more with seats of"
    address = page("desk_slot", world.slot_.pk)
    assert said not in text(as_planner.get(address))
    inquiring.serve_all(solved.pk)
    assert said in text(as_planner.get(address))
    client.force_login(factories.partner(of=world.slot_.host))
    assert said not in text(client.get(address))
    client.force_login(world.planner)
    publish(solved)
    client.force_login(factories.partner(of=world.slot_.host))
    assert said in text(client.get(address))
    assert world.weak.participant.code not in text(client.get(address))


def test_a_cohort_says_with_what_it_could_run(as_planner, world, plan):
    slot = world.slot(seats=4, fewest=2)
    world.cost(10_000_000, world.source("bssn", 15_000_000))
    for _ in range(2):
        world.person(slot)
    inquiring.serve_all(plan().pk)
    shown = text(as_planner.get(page("desk_slot", slot.pk)))
    assert "could run with more of all of these: BSSN, 2027 (Rp 5 m)" in shown.replace(
        "\xa0", " "
    )
