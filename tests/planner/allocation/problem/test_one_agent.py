"""One human with two applications to an intake is one agent with both lists."""

import pytest

from planner.allocation.decisions import publish
from planner.allocation.problem import snapshot
from planner.allocation.results import files, record
from planner.allocation.results.different import Asked
from planner.allocation.review import replay
from planner.allocation.review.by_hand.verb import compare
from planner.allocation.solving import inquiring
from planner.models import RunState
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, places, reasons, replanned

pytestmark = pytest.mark.django_db
HUMAN = {"nik_hash": "h" * 64}


@pytest.fixture
def twice(world):
    """One human, registered by two institutions: for one slot each, and both for
    another that somebody better takes."""
    world.full, world.left, world.right = (world.slot() for _each in range(3))
    world.best = world.person(world.full, merit=99)
    world.one = world.person(world.full, world.left, merit=50, who=HUMAN)
    world.other = world.person(world.full, world.right, merit=60, who=HUMAN)
    return world


def taken(world):
    return snapshot.take(intakes=[world.intake], on=NOW.date())


def test_the_agent_has_both_lists_and_each_option_its_application(twice):
    problem = taken(twice).problem
    pair = sorted([str(twice.one.pk), str(twice.other.pk)])
    names = problem.agent_id.tolist()
    assert sorted(names) == sorted([str(twice.best.pk), "+".join(pair)])
    own = {
        problem.option_name(option)
        for option in range(problem.num_options)
        if "+" in problem.agent_name(problem.option_agent[option])
    }
    assert own == {
        f"{application.pk}>{slot.name}"
        for application, slot in (
            (twice.one, twice.full),
            (twice.one, twice.left),
            (twice.other, twice.full),
            (twice.other, twice.right),
        )
    }


def test_one_is_taken_and_the_other_sender_learns_that_data_are_checked(twice, plan):
    run = plan()
    assert places(run) == {
        twice.best.pk: twice.full.code,
        twice.other.pk: twice.right.code,
    }
    assert reasons(run) == {twice.one.pk: "checked"}
    (row,) = run.unplaced.all()
    told = " ".join([*row.for_participant(), row.differently_for_participant()])
    assert "The ministry is checking this person's data." in told
    for code in (twice.right.code, twice.right.host.name):
        assert code not in told
    assert (run.summary["people"], run.summary["placed"]) == (2, 2)
    assert not run.reserves.exists()
    assert run.summary["fairness"]["envious"] == run.summary["fairness"]["able"] == 0
    decisions = record.digested(
        run.input_digest, run.proposals.all(), run.reserves.all()
    )
    with files.unpacked(run) as folder:
        replayed = replay.replay(
            folder,
            digest=run.input_digest,
            result_digest=run.result_digest,
            decisions=decisions,
            seconds=1,
            gap=0,
            workers=1,
            seed=0,
            solves=False,
        )
    assert replayed.holds
    asked = Asked.of(run)
    for application, slot in ((twice.one, twice.left), (twice.other, twice.right)):
        option = asked.way_to(application, slot.name)
        assert asked.whose(option) == str(application.pk)
    assert asked.way_to(twice.one, twice.right.name) is None


def test_without_a_place_each_has_its_own_reasons_and_one_place_in_a_queue(twice, plan):
    for slot in (twice.left, twice.right):
        twice.person(slot, merit=95)
    run = plan()
    assert reasons(run) == {twice.one.pk: "no_room", twice.other.pk: "no_room"}
    for row in run.unplaced.all():
        mine = twice.left if row.application == twice.one else twice.right
        assert {each["slot"] for each in row.reasons} == {twice.full.name, mine.name}
    for application in (twice.one, twice.other):
        assert run.reserves.filter(application=application).count() <= 2
    assert run.reserves.get(slot=twice.full).application == twice.other
    assert run.summary["reserve"] == 1
    inquiring.serve_all(run.pk)
    asked = Asked.of(run)
    for row in run.unplaced.all():
        (first, *_others) = row.different["enough"]["options"]
        assert asked.whose(first) == str(row.application_id)


def test_a_pin_is_kept_and_two_pins_are_told_as_a_conflict(twice, plan):
    pin = factories.pin.make
    pin(application=twice.one, slot=twice.left, created_by=twice.planner)
    assert places(plan())[twice.one.pk] == twice.left.code
    pin(application=twice.other, slot=twice.right, created_by=twice.planner)
    assert plan().state == RunState.INFEASIBLE


def test_a_share_counts_the_human_once(twice, plan):
    factories.quota.make(
        intake=twice.intake, sex="F", kind="floor", measure="percent", value=50
    )
    run = plan()
    (limit,) = run.prices.filter(kind="quota")
    assert (limit.lower, limit.use, len(places(run))) == (1, 2, 2)


def test_a_replanning_keeps_the_human_to_the_application_with_the_place(twice, plan):
    twice.base = approved(twice, plan())
    publish.publish(twice.base, by=twice.planner, now=NOW)
    run = replanned(twice)
    assert places(run)[twice.other.pk] == twice.right.code
    (row,) = run.unplaced.all()
    assert row.application == twice.one
    assert {text.partition(": ")[2] for text in row.for_participant()} == {
        "The ministry is checking this person's data."
    }


def test_a_plan_by_hand_that_places_both_is_told_of_the_second(twice, plan):
    header = "participant,registered_by,slot"
    rows = [
        f"{who.participant.code},{who.participant.registered_by.code},{slot.code}"
        for who, slot in ((twice.one, twice.left), (twice.other, twice.right))
    ]
    content = "\n".join([header, *rows]).encode()
    told = compare(plan(), content, by=twice.planner, now=NOW)
    (sentence,) = told.against
    assert "by another registration" in sentence
    assert told.people.theirs == 1
