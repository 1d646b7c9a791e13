"""Fairness of small plans that can be counted by hand."""

import itertools
from datetime import date

import numpy as np
import pytest

from planner.allocation.problem import snapshot
from planner.allocation.results import fairness, files
from planner.allocation.results.outcome import Outcome
from planner.models.fairness_words import GroupBy, index_of, sentences
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.files.instance import read_instance
from programs.choices import Sex
from tests import factories
from tests.planner.allocation.worlds import fresh

pytestmark = pytest.mark.django_db


def figures(run):
    return fresh(run).summary["fairness"]


def outcome_of(run):
    """Return the outcome of a run, from its files and the same data."""
    with files.unpacked(run) as folder:
        problem = read_instance(folder / "problem.npz")
        claim = files.claim(folder, problem)
    taken = snapshot.of_run(run)
    assert taken.problem.digest == problem.digest
    return Outcome(taken, claim, {})


def test_preferences_are_counted_by_rank_and_the_last_of_several_is_told(world, plan):
    first, second = world.slot(), world.slot()
    world.person(first, merit=90)
    world.person(first, second, merit=80)
    told = figures(plan())
    assert told["preferences"] == [[1, 1], [2, 1]]
    assert (told["choosing"], told["last"]) == (1, 1)
    said = " ".join(sentences(told))
    assert "1 of 2 places that were ranked are first preferences" in said
    assert "the worst that anybody got is number 2" in said


def test_who_had_no_list_has_none(world, plan):
    world.slot()
    world.person()
    told = figures(plan())
    assert told["preferences"] == []
    assert told["unranked"] == told["placed"] == 1


def test_who_applied_twice_is_one_person(world, plan):
    """Two stays one after the other: two places, one person in every count."""
    early = world.slot(starts_on=date(2027, 4, 1), ends_on=date(2027, 6, 1))
    other = world.add_intake()
    late = world.slot(
        intake=other, starts_on=date(2027, 7, 1), ends_on=date(2027, 9, 1)
    )
    twice = world.person(early, who={"sex": Sex.FEMALE}).participant
    world.person(late, participant=twice, intake=other)
    told = figures(plan(intakes=[world.intake, other]))
    assert told["preferences"] == [[1, 2]]
    assert (told["people"], told["placed"]) == (1, 1)
    [group] = [g for g in told["groups"] if g["by"] == GroupBy.SEX]
    assert (group["people"], group["placed"]) == (1, 1)


def test_an_index_of_a_group_is_its_share_placed_by_its_share_applied(world, plan):
    slot = world.slot(seats=1)
    world.person(slot, merit=90, who={"sex": Sex.FEMALE})
    for _ in range(3):
        world.person(slot, merit=10, who={"sex": Sex.MALE})
    told = figures(plan())
    groups = {g["key"]: g for g in told["groups"] if g["by"] == GroupBy.SEX}
    women, men = groups[Sex.FEMALE], groups[Sex.MALE]
    assert (women["people"], women["placed"]) == (1, 1)
    assert index_of(women, told) == 4.0
    assert index_of(men, told) == 0.0


@pytest.mark.parametrize(
    ("number", "seats", "counted"), [(4, 9, False), (5, 9, True), (6, 5, False)]
)
def test_of_a_sensitive_group_no_few_are_counted(world, plan, number, seats, counted):
    """Neither fewer than five people, nor from one to four with a place."""
    slot = world.slot(seats=seats)
    for _ in range(number):
        world.person(slot, merit=10, who={"disability": "low vision"})
    world.person(slot, merit=90)
    [group] = [g for g in figures(plan())["groups"] if g["by"] == GroupBy.DISABILITY]
    assert (group["people"] == number) is counted
    assert (group["placed"] is None) is not counted


def test_envy_is_just_only_where_the_holder_is_worth_less_there(world, plan):
    """A floor for one institution gives the seat to the weaker one."""
    slot = world.slot(seats=1)
    favoured = factories.institution.make()
    world.person(slot, merit=90)
    world.person(slot, merit=10, who={"home_institution": favoured})
    factories.quota.make(
        intake=world.intake,
        attribute="institution",
        institution=favoured,
        kind="floor",
        measure="absolute",
        value=1,
        is_hard=True,
    )
    told = figures(plan())
    # The floor itself forbids that they change places: envy, but not a just one.
    assert told["envious"] == 0
    assert told["blocking"] == 0


def test_nobody_envies_somebody_who_is_worth_more(world, plan):
    slot = world.slot(seats=1)
    world.person(slot, merit=90)
    world.person(slot, merit=10)
    told = figures(plan())
    assert told["envious"] == told["envied"] == told["blocking"] == 0


def test_people_first_leaves_just_envy_and_says_so(world, plan):
    """The strong one goes to the second preference, for the weak one has no other."""
    first, second = world.slot(seats=1), world.slot(seats=1)
    world.person(first, second, merit=90)
    world.person(first, merit=10)
    told = figures(plan())
    assert told["placed"] == 2
    assert (told["envious"], told["envied"], told["blocking"]) == (1, 1, 1)
    assert told["able"] == 0
    assert "1 person justly envies" in " ".join(sentences(told))


def test_envy_and_room_are_what_trying_each_change_finds(world, plan):
    """Every swap and every move carried out with the certificate's judge."""
    slots = [world.slot(seats=seats) for seats in (3, 2, 2)]
    world.cost(10_000_000, world.source("apbn", 70_000_000))
    ways = list(itertools.permutations(slots, 2))
    for number in range(4):
        world.person(*ways[number % len(ways)], merit=60 + 7 * number)
    for slot in slots:
        world.person(slot, merit=10)
    outcome = outcome_of(plan())
    look = fairness.Look(outcome)
    problem, choice = outcome.snapshot.problem, outcome.choice
    room, envy = set(), set()
    holders = look.holders()
    for at in look.preferred.tolist():
        option, slot = int(look.option[at]), int(look.slot[at])
        tried = choice.copy()
        tried[problem.option_agent[option]] = option
        key = int(look.applicant[at]), slot
        if not facts(problem, tried).violations:
            room.add(key)
        held = holders.get(slot)
        if held is not None and look.merit(option) > look.merit(held):
            tried[problem.option_agent[held]] = -1
            if not facts(problem, tried).violations:
                envy.add(key)
    assert look.room() == room
    assert look.envy() == envy
    assert envy


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([5, 5, 5], 0.0), ([0, 0, 9], 2 / 3), ([1, 3], 0.25), ([0, 0], None), ([], None)],
)
def test_gini_of_amounts_known_by_heart(amounts, expected):
    found = fairness.gini(np.array(amounts, np.int64))
    assert found == (expected if expected is None else pytest.approx(expected))


def test_it_takes_no_query(world, plan, django_assert_num_queries):
    slot = world.slot(seats=2)
    for _ in range(3):
        world.person(slot)
    outcome = outcome_of(plan())
    for application in outcome.snapshot.rows.applications:
        _ = application.participant.home_institution
    with django_assert_num_queries(0):
        fairness.of(outcome)
