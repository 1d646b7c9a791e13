"""Arrivals by pathways: what a plan does for them, and what it says of them."""

from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse

from planner.allocation.problem import snapshot
from planner.allocation.results import arrivals, pack
from planner.allocation.results.different import Asked
from planner.allocation.review.what_ifs import Retrial
from planner.allocation.solving import execute, what_ifs
from planner.management.report import as_text
from planner.models import LimitKind
from planner.optimiser import Plan
from programs.choices import PlacementState
from tests import factories
from tests.planner.allocation.worlds import World, fresh, places

pytestmark = pytest.mark.django_db
DAYS = [
    (date(2027, 5, 1), date(2027, 7, 1)),
    (date(2027, 8, 1), date(2027, 11, 1)),
    (date(2027, 12, 1), date(2028, 12, 1)),
]


@pytest.fixture
def world():
    return World()


def chain(world, *, seats, passes, **columns):
    """Add a pathway of as many steps as there are seats; return it and its slots."""
    pathway = factories.pathway.make(intake=world.intake, **columns)
    slots = [
        world.slot(seats=number, starts_on=starts, ends_on=ends)
        for number, (starts, ends) in zip(seats, DAYS, strict=False)
    ]
    for position, (slot, percent) in enumerate(
        zip(slots, [*passes, None], strict=True), start=1
    ):
        factories.pathway_step.make(
            pathway=pathway, position=position, slot=slot, pass_percent=percent
        )
    return pathway, slots


def best_by_enumeration(problem):
    """Return the highest value of the first tier of all plans that keep the limits."""
    best, choices = None, [[]]
    for agent in range(problem.num_agents):
        span = range(*problem.agent_ptr[agent : agent + 2].tolist())
        free = [] if problem.agent_must[agent] else [-1]
        choices = [[*some, o] for some in choices for o in [*free, *span]]
    for choice in choices:
        plan = Plan.of(problem, choice)
        if (plan.use <= problem.resource_upper).all():
            value = sum(int(problem.option_value[o, 0]) for o in choice if o >= 0)
            best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize(
    ("worth", "passes", "goes"),
    [
        (0, [100, 100], False),  # one head in three seats, as heads are counted
        (None, [100, 100], True),  # 1 + 2 served for 3 seats, and the rank decides
        (None, [50, 50], False),  # 1 + 2/4 people for three seats
        (3, [95, 85], True),  # 1 + 3 x 0.8075 against three people
        (2, [95, 85], False),  # 1 + 2 x 0.8075: three single people serve more
    ],
)
def test_a_pathway_is_taken_where_its_arrivals_outweigh_the_seats(
    world, worth, passes, goes
):
    pathway, slots = chain(world, seats=[1, 1, 1], passes=passes, arrival_worth=worth)
    traveller = world.person(pathway, merit=90)
    others = [world.person(slot, merit=1) for slot in slots]
    run = world.run()
    execute.execute(run.pk)
    run = fresh(run)
    whole = "+".join(slot.code for slot in slots)
    if worth is None and goes:  # three people and one who arrives count alike
        assert run.tiers[0]["value"] == 3000
        return
    expected = (
        {traveller.pk: whole}
        if goes
        else {other.pk: slot.code for other, slot in zip(others, slots, strict=True)}
    )
    assert places(run) == expected
    assert run.tiers[0]["value"] == best_by_enumeration(snapshot.of_run(run).problem)


def test_the_run_tells_who_is_expected_and_what_stops_the_next(world):
    goal = factories.program_goal.make(
        program=world.program, indicator_en="Departures", target=2, year=2027
    )
    pathway, _slots = chain(
        world, seats=[3, 3, 2], passes=[90, 50], arrival_worth=4, goal=goal
    )
    for _ in range(3):
        world.person(pathway)
    run = world.run()
    execute.execute(run.pk)
    (told,) = fresh(run).summary["arrivals"]
    assert (told["begin"], told["decided"], told["could"]) == (2, 0, 1)
    assert Fraction(told["chance"]) == Fraction(9, 20)
    assert Fraction(told["expected"]) == Fraction(9, 10)
    assert told["points"] == 1800
    (stop,) = told["stopped"]
    assert (stop["people"], stop["limit"]["kind"]) == (1, LimitKind.SEATS)
    assert stop["limit"]["upper"] == 2
    text = as_text(fresh(run))
    flat = " ".join(text.split())
    assert "Departures (2027): 0.9 of 2 who begin are expected; the goal is 2." in flat
    assert "0.9 of 2 people who begin are expected to arrive." in flat
    assert "counts as 2.8 placements: 1 for beginning, and 4 for arriving" in flat
    assert pack.about(fresh(run))["arrivals"] == [told]
    proposal = fresh(run).proposals.filter(step=3).first()
    assert proposal.value["arrival"] == 1800


def test_what_the_arrivals_cost_elsewhere_is_solved_and_holds(world, client):
    pathway, slots = chain(world, seats=[1, 1, 1], passes=[95, 85], arrival_worth=3)
    traveller = world.person(pathway, merit=90)
    for slot in slots:
        world.person(slot, merit=1)
    run = world.run()
    execute.execute(run.pk)
    run = fresh(run)
    assert list(places(run)) == [traveller.pk]
    row = run.what_ifs.get(leaves_out_arrivals=True)
    client.force_login(world.planner)
    client.cookies["django_language"] = "en"
    page = reverse("admin:desk_run", args=[run.pk])
    assert "Not known yet: it is being solved." in client.get(page).content.decode()
    what_ifs.serve_all(run.pk)
    row.refresh_from_db()
    assert (row.found["plan"]["gain"], row.found["plan"]["lose"]) == (3, 1)
    assert list(Retrial(Asked.of(run)).faults(row)) == []
    shown = client.get(page).content.decode()
    assert "If arriving counted nothing: Solved again: 2 people more" in shown
    row.found["plan"]["gain"] = 4
    assert list(Retrial(Asked.of(run)).faults(row)) != []


def test_nothing_is_asked_where_nobody_is_on_a_pathway(world):
    pathway, slots = chain(world, seats=[1, 1, 1], passes=[95, 85], arrival_worth=0)
    world.person(pathway)
    for slot in slots:
        world.person(slot)
    run = world.run()
    execute.execute(run.pk)
    assert not fresh(run).what_ifs.filter(leaves_out_arrivals=True).exists()
    assert Asked.of(fresh(run)).without_arrivals() is None


def test_who_has_the_places_already_is_counted_by_the_steps_not_yet_passed(world):
    pathway, slots = chain(world, seats=[2, 2, 2], passes=[90, 50])
    for first in (PlacementState.COMPLETED, PlacementState.OFFERED):
        held = world.person(pathway, state="placed")
        states = (first, PlacementState.OFFERED, PlacementState.OFFERED)
        for slot, state in zip(slots, states, strict=True):
            factories.placement.make(
                application=held, slot=slot, pathway=pathway, state=state
            )
    world.person(slots[0])
    taken = snapshot.take(intakes=[world.intake])
    first = Fraction(1 + 18, 1 + 20)  # who completed it is on record
    assert sorted(arrivals.of_decided(taken)[pathway.pk]) == [
        first * Fraction(1, 2),
        Fraction(1, 2),
    ]


def test_a_run_without_pathways_says_nothing_of_arrivals(world):
    world.person(world.slot())
    run = world.run()
    execute.execute(run.pk)
    assert fresh(run).summary["arrivals"] == []
    assert "to arrive" not in as_text(fresh(run))
