"""A group that is pinned gets its places, and one that is kept out gets none."""

import pytest

from planner.allocation.review import pairs
from planner.models import LimitKind, RunState, Scenario
from programs.choices import PinKind
from programs.domain import group_pins
from programs.models import GroupPin
from tests import factories
from tests.planner.allocation.worlds import places

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(world):
    """Two women and a man for a seat each would rather not have, and a free one."""
    world.wanted = world.slot(seats=3)
    world.other = world.slot(seats=2)
    world.women = [world.person(world.wanted, who={"sex": "F"}) for _ in range(2)]
    world.man = world.person(world.wanted, who={"sex": "M"})
    return world


def pin(world, **given):
    told = {"slot": world.other, "intake": None, "condition": "sex = F"}
    return factories.group_pin.make(**(told | given))


def test_everybody_of_the_group_goes_where_it_is_pinned(group, plan):
    pin(group)
    there = places(plan())
    assert {there[each.pk] for each in group.women} == {group.other.code}
    assert there[group.man.pk] == group.wanted.code


def test_a_group_is_kept_out_and_the_reason_names_it(group, plan):
    pin(group, slot=group.wanted, kind=PinKind.FORBID, name_en="No women here")
    run = plan()
    assert set(places(run)) == {group.man.pk}
    row = run.unplaced.filter(application=group.women[0]).get()
    assert "for a group: “No women here”" in " ".join(row.for_planner())


def test_a_word_about_one_person_goes_before_that_of_a_group(group, plan):
    pin(group)
    factories.pin.make(application=group.women[0], slot=group.wanted, kind=PinKind.PIN)
    there = places(plan())
    assert there[group.women[0].pk] == group.wanted.code
    assert there[group.women[1].pk] == group.other.code


def test_more_people_than_seats_are_told_before_a_run_and_after(group, plan):
    group.other.capacity_max = 1
    group.other.save()
    row = pin(group, name_en="Women to Penang")
    [(text, told)] = group_pins.shortages(group.intake)
    assert told == row
    assert "“Women to Penang” of 2 people needs as many seats; left: 1." in text
    run = plan()
    assert run.state == RunState.INFEASIBLE
    names = {each["limit"] for each in run.summary["conflict"]}
    assert f"{LimitKind.GROUP_PIN}:{row.code}" in names


def test_two_pins_of_one_group_to_two_slots_are_told(group, plan):
    pin(group)
    pin(group, slot=group.wanted)
    texts = [text for text, _pin in group_pins.shortages(group.intake)]
    assert any("2 people are pinned to several slots at once" in each for each in texts)
    assert plan().state == RunState.INFEASIBLE


def test_who_cannot_take_the_place_is_planned_like_everybody_else(group, plan):
    group.other.min_kkni = 9
    group.other.save()
    row = pin(group)
    found = group_pins.standing(row)
    assert (len(found.people), len(found.able)) == (2, 0)
    assert set(places(plan())) == {each.pk for each in [*group.women, group.man]}


def test_a_pin_of_an_intake_asks_for_any_place(group, plan):
    """The man is worth more for the one seat; the pin places the woman all the same."""
    group.wanted.capacity_max = 1
    group.wanted.save()
    factories.pin.make(
        application=group.women[0], slot=group.wanted, kind=PinKind.FORBID
    )
    group.man.merit_score = 100
    group.man.save()
    assert set(places(plan())) == {group.man.pk}
    pin(group, slot=None, intake=group.intake)
    assert set(places(plan())) == {group.women[1].pk}
    GroupPin.objects.update(intake=None, program=group.intake.program)
    assert set(places(plan())) == {group.women[1].pk}


def test_it_binds_until_its_day(group, plan):
    pin(group, until=group.intake.decide_by.replace(year=2020))
    assert group.other.code not in places(plan()).values()


def test_a_scenario_leaves_pins_of_groups_out(group, plan):
    pin(group)
    overrides = {"pins": {"pins": "off"}}
    scenario = factories.scenario.make(overrides=overrides)
    scenario.intakes.add(group.intake)
    assert group.other.code not in places(plan(scenario=scenario)).values()
    woman = group.women[0].participant
    name = f"{woman.registered_by.code}/{woman.code}"
    Scenario.objects.update(overrides={"pins": {name: "off"}})
    scenario.refresh_from_db()
    there = places(plan(scenario=scenario))
    assert there[group.women[0].pk] == group.wanted.code
    assert there[group.women[1].pk] == group.other.code


def test_a_proposal_against_a_newer_pin_is_a_fault(group, plan):
    run = plan()
    pin(group, name_en="Women to Penang")
    data = pairs.Data.read(run, run.proposals.all())
    told = [fault.sentence for fault in pairs.faults(data)]
    assert len([each for each in told if "Women to Penang" in each]) == 2


def test_a_pinned_slot_that_nobody_ranked_is_no_fault(group, plan):
    pin(group)
    run = plan()
    data = pairs.Data.read(run, run.proposals.all())
    assert list(pairs.faults(data)) == []


def test_the_words_about_a_person_are_found(group, plan):
    row = pin(group, slot=None, intake=group.intake)
    pin(group, slot=factories.slot.make())
    assert group_pins.about(group.women[0]) == [row]
    assert group_pins.about(group.man) == []
