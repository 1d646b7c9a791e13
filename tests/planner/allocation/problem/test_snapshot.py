"""The snapshot: constant in queries, stable, and exact where it is clever."""

from fractions import Fraction
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, strategies as st

from planner.allocation.problem import snapshot
from planner.allocation.problem.constraints.cliques import cliques
from planner.allocation.problem.constraints.frames import months_by_year
from planner.allocation.problem.reading import Unbuildable
from programs.choices import Sex
from tests import factories
from tests.planner.allocation.worlds import World

SPANS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=7,
)


def filled(world, people):
    """Fill the world with people, wishes, money and quotas."""
    slots = [world.slot(seats=2) for _ in range(2)]
    for _ in range(people):
        world.person(*slots)
    return world


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(world):
    world.cost(10_000_000, world.source("apbn", 99_000_000))
    factories.quota.make(intake=world.intake)
    filled(world, 1)
    with CaptureQueriesContext(connection) as few:
        snapshot.take(intakes=[world.intake])
    filled(world, 4)
    with CaptureQueriesContext(connection) as many:
        snapshot.take(intakes=[world.intake])
    assert len(few) == len(many) < 45


@pytest.mark.django_db
def test_nothing_is_written(world, django_assert_max_num_queries):
    filled(world, 2)
    with CaptureQueriesContext(connection) as queries:
        snapshot.take(intakes=[world.intake])
    assert all(query["sql"].startswith("SELECT") for query in queries)


@pytest.mark.django_db
def test_the_order_of_intakes_does_not_matter(world):
    other = world.add_intake()
    filled(world, 2)
    world.person(world.slot(intake=other), intake=other)
    one = snapshot.take(intakes=[world.intake, other]).problem.digest
    assert snapshot.take(intakes=[other, world.intake]).problem.digest == one


@pytest.mark.django_db
def test_a_change_that_matters_changes_the_digest(world):
    filled(world, 2)
    before = snapshot.take(intakes=[world.intake]).problem.digest
    world.intake.slots.update(note="a change that does not matter")
    assert snapshot.take(intakes=[world.intake]).problem.digest == before
    world.intake.slots.update(capacity_max=9)
    assert snapshot.take(intakes=[world.intake]).problem.digest != before


@pytest.mark.django_db
def test_names_in_the_problem_say_nothing_about_people(world):
    person = world.person(world.slot()).participant
    problem = snapshot.take(intakes=[world.intake]).problem
    for ids in (problem.agent_id, problem.option_id, problem.resource_id):
        text = " ".join(ids.tolist())
        assert person.code not in text
        assert person.given_name not in text


@pytest.mark.django_db
def test_an_intake_without_people_is_no_problem(world):
    world.slot()
    with pytest.raises(Unbuildable):
        snapshot.take(intakes=[world.intake])


@pytest.mark.django_db
@pytest.mark.parametrize("share", [0, 25, 40, 50, 100])
@pytest.mark.parametrize("kind", ["floor", "cap"])
def test_the_row_of_a_share_says_exactly_the_share(db, share, kind):
    world = World()
    slot = world.slot(seats=9)
    sexes = [Sex.FEMALE, Sex.FEMALE, Sex.MALE, Sex.MALE, Sex.MALE]
    for sex in sexes:
        world.person(slot, who={"sex": sex})
    factories.quota.make(
        intake=world.intake, value=share, kind=kind, sex=Sex.FEMALE, is_hard=True
    )
    taken = snapshot.take(intakes=[world.intake])
    problem, applications = taken.problem, taken.rows.applications
    row = problem.resource_id.tolist().index(
        next(key for key in problem.resource_id.tolist() if key.startswith("quota:"))
    )
    for placed in product([True, False], repeat=len(sexes)):
        used, women = 0, 0
        for agent, goes in enumerate(placed):
            first = int(problem.agent_ptr[agent])
            option = first if goes else first + 1
            span = slice(*problem.use_ptr[option : option + 2].tolist())
            uses = dict(
                zip(
                    problem.use_resource[span].tolist(),
                    problem.use_amount[span].tolist(),
                    strict=True,
                )
            )
            used += uses.get(row, 0)
            sex = applications[taken.offers.agents[agent][0]].participant.sex
            women += goes and sex == Sex.FEMALE
        wanted = Fraction(share, 100) * sum(placed)
        if kind == "floor":
            assert (used >= problem.resource_lower[row]) == (women >= wanted)
        else:
            assert (used <= problem.resource_upper[row]) == (women <= wanted)


@given(SPANS)
def test_cliques_are_the_sets_that_meet(spans):
    found = cliques(spans)
    for members, since in found:
        assert all(spans[i][0] <= since < spans[i][1] for i in members)
    for first, second in product(range(len(spans)), repeat=2):
        meet = spans[first][0] < spans[second][1] and spans[second][0] < spans[first][1]
        together = any({first, second} <= set(members) for members, _t in found)
        assert meet == together
    sets = [set(members) for members, _t in found]
    assert not any(a < b or (a == b and a is not b) for a, b in product(sets, sets))


@given(st.dates(), st.integers(1, 900))
def test_the_months_of_a_stay_add_up(start, days):
    from datetime import timedelta

    if start.year > 9990:
        return
    months = months_by_year(start, start + timedelta(days=days))
    years = len(months) + 2
    assert abs(sum(months.values()) - days / 365.25 * 120) <= 0.5 * years


def test_what_an_ended_stay_has_spent_cannot_be_spent_again(world):
    seat = world.slot(seats=1)
    source = world.source("apbn", 20_000_000)
    category = world.cost(10_000_000, source)
    world.person(seat)
    ended = factories.placement.make(slot=seat, state="ended_early")
    factories.funding_line.make(
        placement=ended,
        category=category,
        source=source,
        fiscal_year=2027,
        amount=10_000_000,
        spent=4_000_000,
    )
    taken = snapshot.take(intakes=[world.intake])
    (line,) = taken.lines
    assert (line.left, line.left / line.step) == (16_000, 8)
    assert taken.problem.supply_upper.tolist() == [8]
    assert taken.problem.num_options == 1  # the seat itself is free
