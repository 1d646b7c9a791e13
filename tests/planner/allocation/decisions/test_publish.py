"""Publishing takes as many queries for many intakes and people as for one."""

from collections import Counter

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from planner.allocation.decisions import publish, replan, reuse
from planner.allocation.review import drift
from planner.allocation.solving import execute
from planner.models import RunState
from programs.models import (
    Application,
    AuditEvent,
    Event,
    Intake,
    Placement,
    PlacementEvent,
)
from programs.refusals import Refusal
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, World, fresh

pytestmark = pytest.mark.django_db


def intakes_of(world, number):
    """Add so many intakes, each with a full slot and somebody who waits."""
    made = [world.add_intake() for _ in range(number)]
    for intake in made:
        slot = world.slot(seats=2 * number, intake=intake)
        for merit in range(2 * number + 1):
            world.person(slot, merit=merit, intake=intake)
    return made


def solved(run):
    """Serve a run and return it."""
    execute.execute(run.pk)
    return fresh(run)


def published(world, run):
    """Approve and publish a run; return the queries that publishing took."""
    run = approved(world, run)
    with CaptureQueriesContext(connection) as seen:
        publish.publish(run, by=world.planner, now=NOW)
    return [query["sql"] for query in seen.captured_queries]


def life(number):
    """Publish a plan of so many intakes, and one that takes a place in each away."""
    world = World()
    world.cost(1_000_000, world.source(f"apbn-{number}", 90_000_000))
    intakes = intakes_of(world, number)
    base = solved(world.run(intakes=intakes))
    first = published(world, base)
    for intake in intakes:
        intake.slots.update(capacity_max=F("capacity_max") - 1)
    asked = replan.replan(base, by=world.planner, now=NOW, seconds=10, rings=False)
    return base, intakes, first, published(world, solved(asked))


def test_the_queries_of_publishing_do_not_grow(inline):
    life(1)  # what is asked once and remembered
    _run, _intakes, first, again = life(2)
    _run, _intakes, more_first, more_again = life(4)
    assert len(first) == len(more_first)
    assert len(again) == len(more_again)
    assert len(first) <= 160
    assert len(again) <= 160


def test_every_intake_and_every_place_taken_back_is_told_of(inline):
    base, intakes, _first, _again = life(3)
    assert fresh(base).state == RunState.SUPERSEDED
    keys = [intake.pk for intake in intakes]
    assert {row.state for row in Intake.objects.filter(pk__in=keys)} == {"decided"}
    gone = Placement.objects.filter(state="superseded")
    assert gone.count() == 3
    assert all(row.version == 2 and row.reason for row in gone)
    told = Counter(Event.objects.values_list("kind", flat=True))
    assert told["intake.decided"] == 3
    assert told["intake.published"] == 6
    assert told["placement.superseded"] == 3
    event = Event.objects.filter(kind="intake.published").first()
    intake = Intake.objects.get(pk=event.object_id)
    hosts = set(intake.slots.values_list("host", flat=True))
    senders = set(intake.applications.values_list("nominated_by", flat=True))
    heard = set(event.institutions.values_list("pk", flat=True))
    assert heard == (hosts | senders) - {None}
    audited = Counter(AuditEvent.objects.values_list("action", flat=True))
    assert audited["intakes.decided"] == audited["placements.superseded"] == 3
    assert audited["runs.superseded"] == 1
    steps = PlacementEvent.objects.filter(to_state="superseded")
    assert set(steps.values_list("from_state", flat=True)) == {"offered"}


def test_a_plan_of_an_intake_that_everybody_has_left_is_refused_in_words(world, inline):
    """It placed nobody, so no proposal of it is wrong; there is no problem any more."""
    world.person(world.slot(seats=3, fewest=2))
    run = approved(world, solved(world.run()))
    assert not run.proposals.exists()
    Application.objects.update(state="withdrawn")
    with pytest.raises(Refusal, match="nobody to place") as refused:
        publish.publish(run, by=world.planner, now=NOW)
    assert refused.value.code == "plan-outdated"
    changes = drift.since(run)
    assert not changes.holds
    assert reuse.find(intakes=[world.intake]) is None


def heard(kind):
    """Return {application: the institutions that heard of it} of a kind of event."""
    return {
        event.object_id: list(event.institutions.values_list("pk", flat=True))
        for event in Event.objects.filter(kind=kind)
    }


def test_the_sender_hears_of_who_waits_and_of_who_has_no_place(world, plan):
    """One seat for two, and a third whom the rules keep out."""
    slot = world.slot(seats=1, min_kkni=4)
    world.person(slot, merit=90)
    waits = world.person(slot, merit=10)
    out = world.person(slot, who={"kkni": 3})
    publish.publish(approved(world, plan()), by=world.planner, now=NOW)
    assert heard("application.reserve") == {str(waits.pk): [waits.nominated_by_id]}
    assert heard("application.unplaced") == {str(out.pk): [out.nominated_by_id]}
