"""Whom a plan hurts: counted from the plan and what stands at that moment."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.allocation.decisions import publish, replan
from planner.allocation.results import losses
from planner.models import loss_words
from programs.choices import QuotaKind, QuotaMeasure, Sex
from programs.domain import placements
from programs.models import Pin, Placement
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, fresh, replanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(world, plan):
    """Two seats, both offered by a plan in force, the first accepted."""
    world.seat = world.slot(seats=2)
    world.people = [world.person(world.seat, merit=merit) for merit in (90, 60, 30)]
    world.base = approved(world, plan())
    publish.publish(world.base, by=world.planner, now=NOW)
    placements.accept(
        placement=Placement.objects.get(application=world.people[0]),
        by=factories.partner(of=world.people[0].nominated_by),
        now=NOW,
    )
    return world


def test_a_seat_less_costs_one_person_the_place_and_each_page_knows_whose(full):
    full.seat.capacity_max = 1
    full.seat.save()
    run = replanned(full)
    told = losses.of_run(run)
    (loss,) = told.people
    assert (loss.state, loss.before, loss.after) == ("offered", (full.seat.code,), ())
    assert loss.person == full.people[1].participant.human
    assert run.summary["losses"] == {
        "lost": [["offered", 1]],
        "moved": [],
        "quotas": [],
    }
    assert loss_words.headline(run.summary["losses"]) == (
        "1 person loses a place that was promised (1 offered)."
    )


def test_a_plan_that_takes_nothing_says_so_in_one_line(full):
    run = replanned(full)
    told = losses.of_run(run)
    assert not told
    assert loss_words.lines(losses.as_data(told)) == [
        "Nobody loses an offer or a pinned place, and no quota gets worse."
    ]


def test_who_is_moved_keeps_a_place_and_is_told_apart(full):
    other = full.slot(seats=2)
    person = full.people[1]
    factories.preference.make(application=person, rank=2, slot=other)
    full.seat.capacity_max = 1
    full.seat.save()
    run = replanned(full)
    (loss,) = losses.of_run(run).people
    assert (loss.moves, loss.after) == (True, (other.code,))
    assert "1 person is moved to another place (1 offered)" in loss_words.headline(
        losses.as_data(losses.of_run(run))
    )


def test_what_was_answered_since_the_plan_counts(full):
    full.seat.capacity_max = 1
    full.seat.save()
    run = replanned(full)
    placements.accept(
        placement=Placement.objects.get(application=full.people[1]),
        by=factories.partner(of=full.people[1].nominated_by),
        now=NOW,
    )
    assert [loss.state for loss in losses.of_run(run).people] == ["accepted"]
    assert run.summary["losses"]["lost"] == [["offered", 1]]


@pytest.mark.parametrize(("until", "lost"), [(None, 1), (date(2020, 1, 1), 0)])
def test_a_pin_in_force_that_the_plan_passes_over_is_lost(world, plan, until, lost):
    seat = world.slot(seats=1)
    world.person(seat, merit=90)
    weak = world.person(seat, merit=20)
    run = plan()
    Pin.objects.create(
        application=weak,
        slot=seat,
        kind="pin",
        reason="Agreed.",
        created_at=NOW,
        until=until,
    )
    told = losses.of_run(run)
    assert [loss.state for loss in told.people] == ["pinned"] * lost


@pytest.mark.parametrize("place", ["slot", "intake", "program"])
def test_a_pin_of_a_group_that_came_after_the_plan_is_lost(world, plan, place):
    """Who is of the group, and could have such a place, is passed over by name."""
    seat = world.slot(seats=1)
    strong = world.person(seat, merit=90, who={"sex": Sex.MALE})
    weak = world.person(seat, merit=20, who={"sex": Sex.FEMALE})
    run = plan()
    places = {"slot": seat, "intake": world.intake, "program": world.program}
    pin = factories.group_pin.make(
        kind="pin", condition="sex = F", **{"intake": None, place: places[place]}
    )
    (loss,) = losses.of_run(run).people
    assert (loss.state, loss.applications, loss.after) == ("pinned", (weak.pk,), ())
    assert loss.before == (seat.code if place == "slot" else str(places[place]),)
    (told,) = replan.explained(run, [loss])
    assert told.application == weak
    pin.until = date(2020, 1, 1)
    pin.save()
    assert losses.of_run(run).people == []
    pin.until, pin.condition = None, "sex = M"
    pin.save()
    assert losses.of_run(run).people == []
    assert strong.pk in run.proposals.values_list("application", flat=True)


def test_a_pin_of_a_group_that_the_plan_knew_is_not_asked_about_again(world, plan):
    seat = world.slot(seats=1)
    world.person(seat, who={"sex": Sex.FEMALE})
    factories.group_pin.make(kind="pin", condition="sex = F", intake=None, slot=seat)
    run = plan()
    with CaptureQueriesContext(connection) as queries:
        assert losses.of_run(run).people == []
    assert not any("programs_fundingrule" in each["sql"] for each in queries)


def test_a_plan_that_moves_nobody_takes_nobodys_offer(full, plan):
    full.person(full.slot(seats=1))
    assert losses.of_run(plan()).people == []


def test_a_person_in_two_intakes_is_one_person(full):
    second = full.add_intake()
    late = full.slot(
        seats=1, intake=second, starts_on=date(2029, 1, 8), ends_on=date(2029, 3, 8)
    )
    person = full.people[1]
    again = full.person(late, intake=second, participant=person.participant)
    lost = [
        (Placement(application=a, slot=s), "offered")
        for a, s in ((person, full.seat), (again, late))
    ]
    (loss,) = losses.people(lost, {})
    assert loss.applications == (person.pk, again.pk)
    assert loss.before == (full.seat.code, late.code)


def test_a_cap_that_is_passed_further_is_told_from_and_to(world, plan):
    seat = world.slot(seats=4)
    for number in range(4):
        world.person(seat, who={"sex": Sex.FEMALE if number else Sex.MALE})
    factories.quota.make(
        intake=world.intake,
        sex=Sex.FEMALE,
        kind=QuotaKind.CAP,
        measure=QuotaMeasure.PERCENT,
        value=50,
        is_hard=False,
        price=1,
        name_en="Women",
        name_id="Perempuan",
    )
    run = plan()
    (worse,) = losses.of_run(run).quotas
    assert (worse.before.missed, worse.after.missed) == (0, 1)
    assert (worse.after.having, worse.after.people, worse.after.upper) == (3, 4, 2)
    headline, quota = loss_words.lines(run.summary["losses"])
    assert headline == "1 quota gets worse."
    assert quota == (
        "Women: now nobody placed, then 3 of 4 (75%); at most 2 are allowed, "
        "1 person too many."
    )
    (row,) = run.prices.filter(kind="quota")
    assert (row.use, row.upper) == (worse.after.having, worse.after.upper)


def test_nothing_is_to_come_of_a_published_plan(full):
    assert losses.of_run(fresh(full.base)) is None


def test_the_queries_do_not_grow_with_the_people(world, plan):
    factories.quota.make(intake=world.intake, value=1, is_hard=False)
    world.seat = world.slot(seats=3)
    for _ in range(3):
        world.person(world.seat)
    world.base = approved(world, plan())
    publish.publish(world.base, by=world.planner, now=NOW)
    seen = []
    for seats in (2, 1):
        world.seat.capacity_max = seats
        world.seat.save()
        run = replanned(world)
        with CaptureQueriesContext(connection) as queries:
            assert len(replan.changes(run)) == 3 - seats
        seen.append(len(queries))
    assert seen[0] == seen[1]
