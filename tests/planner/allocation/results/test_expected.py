"""A conditional place counts by its chance, and the plan says how many hold."""

from datetime import date, timedelta

import numpy as np
import pytest

from planner.allocation.results import pack
from planner.allocation.solving import execute
from planner.desk.runs import review
from planner.models import expected_words
from programs import expected
from programs.expected import WHOLE
from tests import factories
from tests.planner.allocation.worlds import NOW, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inline")]
RULE = "language(ja) >= A2 by 2027-03-01 at 80%"


def certified(application):
    factories.language_certificate.make(
        participant=application.participant, test="JFT-Basic", band="220", cefr="A2"
    )
    return application


def solved(world):
    run = world.run()
    execute.execute(run.pk)
    return fresh(run)


def placed(run):
    return set(run.proposals.values_list("application", flat=True))


def test_who_is_sure_comes_before_who_may_meet_it(world):
    slot = world.slot(seats=1, condition=RULE)
    # 50 points of priority do not outweigh a fifth of a placement.
    waiting = world.person(slot, merit=90, carry_over_points=1)
    sure = certified(world.person(slot, merit=10))
    run = solved(world)
    assert placed(run) == {sure.pk}
    assert waiting.pk not in placed(run)
    assert run.summary["expected"] | {"conditions": []} == {
        "places": 1,
        "conditional": 0,
        "expected": "1",
        "conditions": [],
    }
    assert expected_words.lines(run.summary["expected"]) == []


def test_a_conditional_place_is_better_than_none_and_told(world):
    slot = world.slot(seats=3, condition=RULE)
    for _each in range(2):
        world.person(slot)
    certified(world.person(slot))
    run = solved(world)
    told = run.summary["expected"]
    assert (told["places"], told["conditional"], told["expected"]) == (3, 2, "13/5")
    first, second = expected_words.lines(told)
    assert first == "3 places, 2 of them conditional, 2.6 expected."
    assert second == (
        "2 people: Japanese at least A2, to be met by 1 March 2027. Chance 80%, as the "
        "condition says; measured on nobody yet."
    )
    assert pack.about(run)["expected"] == told
    assert run.tiers[0]["value"] == 1000 + 2 * 800
    assert first in review.review_of(run, world.planner)["expected"]


def test_half_is_assumed_where_nothing_is_said(world):
    slot = world.slot(condition="language(ja) >= A2 by 2027-03-01")
    world.person(slot)
    run = solved(world)
    assert run.summary["expected"]["expected"] == "1/2"
    assert "the condition says none" in expected_words.lines(run.summary["expected"])[1]


def test_the_records_move_the_chance(world):
    for number in range(20):
        factories.place_condition.make(
            placement__state="lapsed" if number < 10 else "offered",
            state="lapsed" if number < 10 else "met",
            settled_at=NOW,
            due_on=date(2026, 3, 1),
        )
    # Who still has to meet it on a day leaves that day out; a waiver says nothing.
    for state in ("met", "open"):
        factories.place_condition.make(
            state=state,
            settled_at=None if state == "open" else NOW,
            due_on=date(2026, 9, 1),
        )
    factories.place_condition.make(
        state="waived", settled_at=NOW, due_on=date(2026, 3, 1)
    )
    slot = world.slot(condition=RULE)
    world.person(slot)
    run = solved(world)
    (entry,) = run.summary["expected"]["conditions"]
    # (10 + 20 x 0.8) / (20 + 20)
    assert (entry["passed"], entry["ended"], entry["chance"]) == (10, 20, "13/20")
    assert run.summary["expected"]["expected"] == "13/20"
    assert "80% was assumed, and 10 of 20 people met it" in expected_words.thing(entry)


def test_several_things_are_as_likely_as_all_of_them(world):
    slot = world.slot(condition=f"{RULE} and language(ko) >= A1 by 2027-03-02 at 50%")
    world.person(slot)
    certified(world.person(slot))
    run = solved(world)
    assert run.summary["expected"]["expected"] == "1/2"
    assert run.tiers[0]["value"] == 500


def test_what_is_confidential_is_counted_and_not_named(world):
    factories.fact_definition.make(code="fit", kind="truth", is_sensitive=True)
    slot = world.slot(condition='fact("fit") by 2027-03-01 at 80%')
    world.person(slot)
    run = solved(world)
    (entry,) = run.summary["expected"]["conditions"]
    assert (entry["condition"], entry["names"]) == (None, {})
    assert "kept confidential" in expected_words.thing(entry)
    assert "fit" not in str(run.summary["expected"])


def test_a_pathway_counts_its_first_step(world):
    first = world.slot(condition=RULE)
    later = world.slot(
        starts_on=first.ends_on,
        ends_on=first.ends_on + timedelta(100),
        condition="language(ko) >= A1 by 2027-03-02 at 10%",
    )
    way = factories.pathway.make(intake=world.intake, arrival_worth=0)
    for position, slot in enumerate((first, later), start=1):
        factories.pathway_step.make(pathway=way, position=position, slot=slot)
    world.person(way)
    run = solved(world)
    told = run.summary["expected"]
    assert (told["places"], told["conditional"], told["expected"]) == (1, 1, "4/5")
    assert [entry["people"] for entry in told["conditions"]] == [1]


def test_points_are_rounded_halves_up():
    points = expected.share(np.array([1000, 1, 3]), np.array([WHOLE // 3] * 3))
    assert points.tolist() == [333, 0, 1]
    assert expected.share(np.array([1]), np.array([WHOLE // 2])).tolist() == [1]
