"""Pins of pathways: what a plan does with them, and what judges it afterwards."""

from datetime import date

import pytest

from planner.allocation.results import losses
from planner.allocation.review import judging
from planner.allocation.solving import execute
from programs.choices import PinKind
from programs.domain import live_places
from tests import factories
from tests.planner.allocation.worlds import NOW, World, fresh, places, reasons

pytestmark = pytest.mark.django_db
DAYS = (date(2027, 5, 1), date(2027, 7, 1)), (date(2027, 8, 1), date(2027, 11, 1))


@pytest.fixture
def world():
    """A pathway worth no more than one head, of two slots that somebody else wants."""
    world = World()
    world.way = factories.pathway.make(intake=world.intake, arrival_worth=0)
    world.steps = [world.slot(starts_on=day, ends_on=end) for day, end in DAYS]
    for position, slot in enumerate(world.steps, start=1):
        factories.pathway_step.make(pathway=world.way, position=position, slot=slot)
    world.whole = "+".join(slot.code for slot in world.steps)
    world.others = [world.person(slot) for slot in world.steps]
    return world


def pinned(world, application, kind=PinKind.PIN, **columns):
    return factories.pin.make(
        application=application,
        slot=None,
        pathway=world.way,
        kind=kind,
        created_by=world.planner,
        **columns,
    )


def solved(world, **limits):
    run = world.run(**limits)
    execute.execute(run.pk)
    return fresh(run)


@pytest.mark.parametrize("ranked", [True, False])
def test_who_is_pinned_to_a_pathway_gets_all_of_it_even_without_having_asked(
    world, ranked
):
    person = world.person(*([world.way] if ranked else [world.steps[0]]))
    assert places(solved(world)).get(person.pk) != world.whole
    pinned(world, person)
    run = solved(world)
    assert places(run) == {person.pk: world.whole}
    assert set(run.proposals.values_list("pathway", flat=True)) == {world.way.pk}
    assert judging.of_run(run).faults == ()


def test_a_pin_that_is_over_binds_nobody(world):
    person = world.person(world.way)
    pinned(world, person, until=date(2026, 1, 1))
    assert person.pk not in places(solved(world))


def test_who_is_kept_out_of_a_pathway_may_have_its_slots(world):
    world.others[0].delete()
    world.others[1].delete()
    world.way.arrival_worth = 9
    world.way.save()
    person = world.person(world.way, world.steps[1])
    assert places(solved(world)) == {person.pk: world.whole}
    pinned(world, person, PinKind.FORBID)
    run = solved(world)
    assert places(run) == {person.pk: world.steps[1].code}
    only = world.person(world.way)
    pinned(world, only, PinKind.FORBID)
    run = solved(world)
    assert reasons(run)[only.pk] == "not_eligible"
    row = run.unplaced.get(application=only)
    assert [rule["code"] for rule in row.reasons[0]["rules"]] == ["forbidden"] * 2


def test_a_plan_made_before_the_pin_is_told_to_pass_it_over(world):
    person = world.person(world.way)
    run = solved(world)
    pinned(world, person)
    (loss,) = losses.of(run, list(run.proposals.all()), set()).people
    assert loss.before == tuple(slot.name for slot in world.steps)
    assert loss.state == "pinned"


def test_a_plan_against_a_pin_of_a_pathway_is_found_out(world):
    person = world.person(world.steps[0], merit=99)
    for other in world.others:
        other.delete()
    run = solved(world)
    assert places(run) == {person.pk: world.steps[0].code}
    pinned(world, person)
    assert any("pinned" in fault for fault in judging.of_run(run).faults)


def test_who_holds_a_forbidden_pathway_breaks_a_promise(world):
    person = world.person(world.way)
    held = factories.placement.make(
        application=person, slot=world.steps[0], pathway=world.way
    )
    assert live_places.nobody_is_placed_against_a_word(NOW) == []
    pinned(world, person, PinKind.FORBID)
    assert live_places.nobody_is_placed_against_a_word(NOW) == [
        (held.pk, "ruled out by a coordinator")
    ]


def test_a_scenario_pins_somebody_to_a_pathway_and_takes_a_pin_away(world):
    person = world.person(world.way)
    giver = person.participant.registered_by.code
    name = f"{giver}/{person.participant.code}"
    scenario = factories.scenario.make(
        name="there", overrides={"pins": {name: world.way.code}}
    )
    assert places(solved(world, scenario=scenario)) == {person.pk: world.whole}
    pinned(world, person)
    scenario = factories.scenario.make(name="not", overrides={"pins": {name: "off"}})
    assert person.pk not in places(solved(world, scenario=scenario))
