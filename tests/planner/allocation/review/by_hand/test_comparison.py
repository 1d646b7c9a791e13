"""A plan made by hand: what it breaks, what it is worth, and who fares otherwise."""

from datetime import date

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.allocation.results.different import Asked
from planner.allocation.review.by_hand.comparison import Comparison
from planner.allocation.review.by_hand.verb import compare
from planner.models.by_hand_words import Sameness
from planner.optimiser.certificate.feasibility import facts
from programs.choices import PinKind
from programs.models import AuditEvent, Placement
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW, places

pytestmark = pytest.mark.django_db


def lines(*rows, header="participant,slot"):
    """Return a file of people and slots."""
    told = [
        f"{who.participant.code},{getattr(slot, 'code', slot)}" for who, slot in rows
    ]
    return "\n".join([header, *told]).encode()


def held(world, run, *rows):
    """Return the comparison of a run with these (person, slot)."""
    return compare(run, lines(*rows), by=world.planner, now=NOW)


@pytest.fixture
def solved(world, plan):
    """Two seats in one slot, one in another; three people, the last one too weak."""
    world.cost(10_000_000, world.source("apbn", 30_000_000))
    world.wide, world.narrow = world.slot(seats=2), world.slot(seats=1)
    world.ani = world.person(world.wide, world.narrow, merit=90)
    world.budi = world.person(world.wide, merit=80)
    world.citra = world.person(world.wide, merit=10)
    world.result = plan()
    assert world.result.proposals.count() == 3
    return world


def test_the_plan_of_the_run_is_the_same_and_holds(solved):
    told = held(
        solved,
        solved.result,
        *[
            (who, places(solved.result)[who.pk])
            for who in (solved.ani, solved.budi, solved.citra)
        ],
    )
    assert told.holds
    assert not told.differences
    assert told.same == 3
    assert told.people.gain == told.cost.gain == 0
    assert [both.ours for _tier, both in told.tiers] == [
        tier["value"] for tier in solved.result.tiers
    ]
    assert told.cost.ours == solved.result.summary["cost"] == 30_000
    assert "as many people, points and cost" in told.headline


def test_what_is_lost_by_hand_is_stated_in_people_points_and_money(solved):
    told = held(solved, solved.result, (solved.ani, solved.wide))
    assert told.holds
    assert told.people == (3, 1)
    assert told.cost == (30_000, 10_000)
    assert "+2 people" in told.headline
    assert "+Rp\xa020\xa0m" in told.headline
    only = {each.person.application for each in told.differences}
    assert {solved.budi.pk, solved.citra.pk} <= only


def test_too_many_people_are_told_with_seats_and_by_how_many(solved):
    rows = [(who, solved.wide) for who in (solved.ani, solved.budi, solved.citra)]
    told = held(solved, solved.result, *rows)
    assert not told.holds
    [sentence] = told.violations
    assert solved.wide.code in sentence
    assert "3 in 2 seats, 1 too many" in sentence


def test_money_that_is_not_there_names_its_line(world, plan):
    world.cost(10_000_000, world.source("apbn", 10_000_000))
    slot = world.slot(seats=2)
    people = [world.person(slot, merit=merit) for merit in (90, 10)]
    run = plan()
    told = held(world, run, *[(who, slot) for who in people])
    [sentence] = told.violations
    assert sentence.startswith("APBN, 2027: the plan asks for")
    assert "Rp\xa010\xa0m more than is left" in sentence
    [other] = told.differences
    assert other.what == Sameness.THEIRS
    assert "In the run's plan there is no room for it. Short: APBN, 2027" in other.why


def test_as_many_sentences_as_the_certificate_s_judge_has(solved):
    rows = [(who, solved.wide) for who in (solved.ani, solved.budi, solved.citra)]
    work = Comparison(solved.result, lines(*rows), solved.planner)
    judged = facts(work.problem, work.theirs)
    assert len(work.told().violations) == len(judged.violations) == 1


def test_a_rule_that_speaks_against_a_place_is_told_and_counts_nothing(solved):
    factories.host_rating.make(
        application=solved.budi,
        slot=solved.narrow,
        is_veto=True,
        score=None,
        reason="No.",
    )
    told = held(solved, solved.result, (solved.budi, solved.narrow))
    assert told.people.theirs == 0
    assert any("The host has said no" in each for each in told.against)
    assert any("did not ask for" in each for each in told.against)
    mine = next(
        each for each in told.differences if each.person.application == solved.budi.pk
    )
    assert mine.what == Sameness.OTHER
    assert "The host has said no" in mine.why


def test_who_is_pinned_elsewhere_is_told(world, plan):
    first, second = world.slot(), world.slot()
    somebody = world.person(first, second)
    factories.pin.make(application=somebody, slot=second, kind=PinKind.PIN)
    run = plan()
    told = held(world, run, (somebody, first))
    assert any("pinned to another place" in each for each in told.against)
    assert any(second.code in each for each in told.violations)


def test_a_team_goes_together_or_not_at_all(world, plan):
    slot = world.slot(seats=2)
    team = factories.team.make(intake=world.intake)
    one, two = (world.person(slot, team=team) for _ in range(2))
    run = plan()
    assert held(world, run, (one, slot), (two, slot)).holds
    told = held(world, run, (one, slot))
    assert any("the team is not in one place" in each for each in told.against)
    assert told.people.theirs == 0


def test_a_pathway_is_named_by_its_code_or_by_its_slots(world, plan):
    first = world.slot(starts_on=date(2027, 5, 3), ends_on=date(2027, 6, 3))
    second = world.slot(starts_on=date(2027, 7, 5), ends_on=date(2027, 9, 3))
    pathway = factories.pathway.make(intake=world.intake)
    for position, slot in enumerate((first, second), start=1):
        factories.pathway_step.make(pathway=pathway, slot=slot, position=position)
    somebody = world.person(pathway)
    run = plan()
    assert held(world, run, (somebody, pathway)).same == 1
    assert held(world, run, (somebody, first), (somebody, second)).same == 1
    told = held(world, run, (somebody, first))
    assert any("did not ask for" in each for each in told.against)


def test_rows_that_cannot_be_read_have_one_message_each_and_are_left_out(solved):
    stranger = factories.participant.make(code="X-9")
    elsewhere = factories.slot.make()
    content = "\n".join(
        [
            "participant,slot",
            f"{stranger.code},{solved.wide.code}",
            f"{solved.ani.participant.code},{elsewhere.code}",
            f"{solved.budi.participant.code},{solved.wide.code}",
            f"{solved.budi.participant.code},{solved.wide.code}",
            f"{solved.citra.participant.code},",
            f"{solved.citra.participant.code},{solved.wide.code}",
        ]
    ).encode()
    told = compare(solved.result, content, by=solved.planner, now=NOW)
    assert [(row.number, len(row.problems)) for row in told.plan.bad] == [
        (2, 1),
        (3, 1),
        (5, 1),
        (7, 1),
    ]
    assert "plans for" in told.plan.bad[0].problems[0].expectation
    assert "plans for" in told.plan.bad[1].problems[0].expectation
    assert "row 4" in told.plan.bad[2].problems[0].expectation
    assert told.plan.nowhere == 1
    assert told.people.theirs == 1


def test_a_code_of_two_institutions_asks_for_the_institution(world, plan):
    slot = world.slot(seats=2)
    twins = [
        world.person(slot, participant=factories.participant.make(code="SAME"))
        for _ in range(2)
    ]
    run = plan()
    told = held(world, run, (twins[0], slot))
    assert "registered_by" in told.plan.bad[0].problems[0].expectation
    giver = twins[0].participant.registered_by.code
    content = f"participant,registered_by,slot\nSAME,{giver},{slot.code}".encode()
    assert compare(run, content, by=world.planner, now=NOW).same == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"participant\nA", "slot"),
        (b"%PDF-1.4", "PDF"),
        (b"who,where\nA,B", "expected columns"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_one_sentence(solved, content, said):
    with pytest.raises(Refusal, match=said):
        compare(solved.result, content, by=solved.planner, now=NOW)


def test_it_is_noted_and_decides_nothing(solved):
    held(solved, solved.result, (solved.ani, solved.wide))
    note = AuditEvent.objects.get(action="runs.by_hand")
    assert note.actor == f"user:{solved.planner.pk}"
    assert note.data["rows"] == 1
    assert not Placement.objects.exists()


def test_partners_may_not(solved):
    with pytest.raises(Refusal):
        compare(solved.result, b"participant,slot", by=factories.partner(), now=NOW)


def test_as_many_queries_for_three_people_as_for_one(solved):
    def counted(*rows):
        with CaptureQueriesContext(connection) as seen:
            held(solved, solved.result, *rows)
        return len(seen)

    other = solved.slot()
    few = counted((solved.ani, solved.wide), (solved.budi, other))
    assert few == counted(
        (solved.ani, solved.wide), (solved.budi, other), (solved.citra, other)
    )


def test_obstacles_found_from_files_alone_are_those_of_the_solved_problem(solved):
    work = Comparison(solved.result, lines((solved.ani, solved.wide)), solved.planner)
    asked = Asked.of(solved.result)
    assert np.array_equal(work.asked.choice, asked.choice)
    assert work.theirs[work.agent_of[solved.ani.pk]] >= 0
    assert work.theirs[work.agent_of[solved.budi.pk]] == -1
