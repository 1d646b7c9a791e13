"""Two plans side by side."""

import pytest

from planner.allocation.review import compare
from tests import factories
from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db


def test_two_runs_are_compared_person_by_person(as_planner, solved, world, plan):
    world.weak.merit_score = 100
    world.weak.save()
    other = plan()
    shown = text(
        as_planner.get(page("desk_compare") + f"?run={solved.pk}&run={other.pk}")
    )
    assert "1 people gain a place, 1 lose one, 0 move" in shown
    alone = as_planner.get(page("desk_compare") + f"?run={solved.pk}", follow=True)
    assert "Choose exactly two runs" in text(alone)
    nonsense = as_planner.get(page("desk_compare") + "?run=x&run=y", follow=True)
    assert "Choose exactly two runs" in text(nonsense)


def compared(client, before, after):
    """Return the page of two runs."""
    return text(client.get(f"{page('desk_compare')}?run={before.pk}&run={after.pk}"))


def test_who_loses_a_place_reads_what_stands_against_it(
    as_planner, solved, world, plan
):
    world.weak.merit_score = 100
    world.weak.save()
    other = plan()
    shown = compared(as_planner, solved, other)
    assert f"In run {other.number} there is no room for it. Short: seats of" in shown
    assert f"In run {solved.number}: {world.slot_.code}: No room in this plan" in shown
    assert "better for the plan as a whole" not in shown


def test_runs_of_different_intakes_say_so_and_nobody_loses_by_it(
    as_planner, world, plan
):
    other_intake = world.add_intake()
    here, there = world.slot(), world.slot(intake=other_intake)
    world.person(here)
    world.person(there, intake=other_intake)
    both = plan(intakes=[world.intake, other_intake])
    one = plan(intakes=[world.intake])
    shown = compared(as_planner, both, one)
    assert "0 people gain a place, 0 lose one, 0 move" in shown
    assert "The runs do not plan for the same people." in shown
    assert f"Only run {both.number} plans for 1 intake more: {other_intake.code}" in (
        shown
    )
    assert f"1 person is planned for by run {both.number} alone" in shown


def test_somebody_in_two_intakes_is_one_person(as_planner, world, plan):
    other_intake = world.add_intake()
    here, there = world.slot(), world.slot(intake=other_intake)
    first = world.person(here)
    world.person(there, intake=other_intake, participant=first.participant)
    intakes = [world.intake, other_intake]
    before = plan(intakes=intakes)
    placed = before.proposals.get().slot
    placed.state = "withdrawn"
    placed.save()
    after = plan(intakes=intakes)
    shown = compared(as_planner, before, after)
    assert "0 people gain a place, 0 lose one, 1 move" in shown


def test_everybody_is_counted_and_the_first_are_told(
    as_planner, solved, world, plan, monkeypatch
):
    monkeypatch.setattr(compare, "MOST", 1)
    world.weak.merit_score = 100
    world.weak.save()
    shown = compared(as_planner, solved, plan())
    assert "1 people gain a place, 1 lose one, 0 move" in shown
    assert "1 more person is not named here." in shown


def test_as_many_queries_for_many_changes_as_for_one(as_planner, world, plan):
    def pair(number):
        slot = world.slot(seats=number)
        people = [world.person(slot, merit=90) for _ in range(number)]
        run = plan()
        for each in people:
            veto = {"is_veto": True, "score": None, "reason": "No."}
            factories.host_rating.make(application=each, slot=slot, **veto)
        return run, plan()

    counts = []
    for number in (1, 3):
        before, after = pair(number)
        address = f"{page('desk_compare')}?run={before.pk}&run={after.pk}"
        counts.append(queries(as_planner, address))
    assert counts[0] == counts[1]
