"""Caps of immigration routes in a plan: entries in a period, people at one time."""

from datetime import date

import pytest

from tests import factories
from tests.planner.allocation.worlds import places, short

pytestmark = pytest.mark.django_db


def sentences(run, application):
    """Return what a planner reads about somebody without a place."""
    return run.unplaced.get(application=application).for_planner()


def test_an_immigration_route_caps_a_year(world, plan):
    cap = factories.route_cap.make(is_yearly=True)
    slot = world.slot(seats=2, route=cap.route)
    world.person(slot, merit=90)
    worse = world.person(slot, merit=1)
    run = plan()
    assert short(run) == {worse.pk: ["route"]}
    assert f"{cap.route.name}: entries in 2027" in sentences(run, worse)[0]


def test_a_route_caps_the_entries_of_a_period(world, plan):
    """Of three who want to enter, two on days of the period, one of these can."""
    cap = factories.route_cap.make(
        valid_from=date(2027, 4, 1), valid_to=date(2027, 5, 1)
    )
    slots = [
        world.slot(seats=1, route=cap.route, starts_on=day)
        for day in (date(2027, 4, 1), date(2027, 4, 30), date(2027, 5, 1))
    ]
    people = [world.person(slot, merit=90 - at) for at, slot in enumerate(slots)]
    run = plan()
    assert set(places(run)) == {people[0].pk, people[2].pk}
    assert short(run) == {people[1].pk: ["route"]}
    told = "entries from 1 April 2027 to 30 April 2027"
    assert told in sentences(run, people[1])[0]


def test_a_route_caps_people_staying_with_those_who_are_there(world, plan):
    """One is there until 1 June, so of the others only who comes then can."""
    cap = factories.route_cap.make(counts="staying", valid_to=date(2029, 4, 1))
    there = world.slot(
        route=cap.route, starts_on=date(2027, 1, 4), ends_on=date(2027, 6, 1)
    )
    factories.placement.make(slot=there)
    early = world.slot(
        route=cap.route, starts_on=date(2027, 5, 31), ends_on=date(2027, 9, 1)
    )
    late = world.slot(
        route=cap.route, starts_on=date(2027, 6, 1), ends_on=date(2027, 9, 1)
    )
    kept_out, placed = world.person(early, merit=90), world.person(late, merit=1)
    run = plan()
    assert set(places(run)) == {placed.pk}
    assert short(run) == {kept_out.pk: ["route", "route"]}
    told = " ".join(sentences(run, kept_out))
    assert "people staying until 31 March 2029 (on 31 May 2027)" in told
    assert "people staying until 31 March 2029 (on 1 June 2027)" in told


def test_a_cap_of_a_sector_counts_its_programs_alone(world, plan):
    world.program.priority_sector = "health"
    world.program.save()
    cap = factories.route_cap.make(sector="health", most=0)
    other = factories.route_cap.make(route=cap.route, sector="food", most=0)
    slot = world.slot(route=cap.route)
    person = world.person(slot)
    run = plan()
    assert short(run) == {person.pk: ["route"]}
    assert f"{cap.route.name}, health" in sentences(run, person)[0]
    cap.delete()
    assert other.sector == "food"
    assert set(places(plan())) == {person.pk}
