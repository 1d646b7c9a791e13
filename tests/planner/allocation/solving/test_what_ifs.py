"""What if: a person there, a limit raised, or both; told as it was solved."""

from datetime import timedelta

import pytest
from django.utils import timezone

from planner.allocation.decisions import what_ifs as asking
from planner.allocation.results import standing
from planner.allocation.results.different import Asked
from planner.allocation.review.what_ifs import Retrial
from planner.allocation.solving import what_ifs
from planner.jobs import leases
from planner.models import RunState, WhatIf
from planner.models.what_if_words import answer, question
from programs.choices import Sex
from programs.models import Participant
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation import random_worlds
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(world):
    """Return a function that asks and lets a worker answer at once."""

    def ask(run, **asked):
        row = asking.ask(run=run, by=world.planner, now=NOW, **asked)
        what_ifs.answer(row.pk)
        return WhatIf.objects.get(pk=row.pk)

    return ask


def retried(run):
    """Carry out every answer of a run; return what is not so."""
    trial = Retrial(Asked.of(run))
    return [fault for row in run.what_ifs.all() for fault in trial.faults(row)]


def price(run, kind):
    """Return the only limit of a kind."""
    return run.prices.get(kind=kind)


def two_for_one_seat(world):
    """Return the slot, and two people who want its only seat: 80 and 50 points."""
    slot = world.slot(seats=1)
    return slot, world.person(slot, merit=90), world.person(slot, merit=50)


def test_who_is_short_of_points_reads_how_many(world, plan, ask):
    slot, _strong, weak = two_for_one_seat(world)
    run = plan()

    row = ask(run, application=weak, slot=slot)

    verdict = row.found["verdict"]
    assert verdict["kind"] == "points"
    assert verdict["least"] == verdict["most"] > 0
    assert f"{verdict['most']} points short" in answer(row)
    assert (row.found["plan"]["gain"], row.found["plan"]["lose"]) == (1, 1)
    assert str(_strong.pk) in row.found["plan"]["lost"]
    assert retried(run) == []


def test_what_no_plan_can_do_is_called_so(world, plan, ask):
    """The slot has two seats, but nobody pays for any."""
    slot = world.slot(seats=2)
    world.cost(30_000_000, world.source("bssn", 10_000_000))
    person = world.person(slot)
    run = plan()

    row = ask(run, application=person, slot=slot)

    assert row.found["verdict"] == {"kind": "never"}
    assert answer(row) == "No plan within today's limits has this person there."
    assert retried(run) == []


def test_a_place_that_costs_a_person_is_told_as_that(world, plan, ask):
    """A team of two takes the two seats; with one alone in it one seat stays empty."""
    slot = world.slot(seats=2)
    team = factories.team.make(intake=world.intake)
    for _ in range(2):
        world.person(slot, team=team, merit=90)
    single = world.person(slot, merit=10)
    run = plan()

    row = ask(run, application=single, slot=slot)

    assert row.found["verdict"] == {"kind": "less", "tier": "people"}
    assert "as good on people" in answer(row)
    assert retried(run) == []


def test_alike_people_are_told_that_it_could_have_been_the_other(world, plan, ask):
    slot = world.slot(seats=1)
    people = [world.person(slot, merit=70) for _ in range(2)]
    run = plan()
    left = run.unplaced.get().application

    row = ask(run, application=left, slot=slot)

    assert left in people
    assert row.found["verdict"] == {"kind": "same"}
    assert retried(run) == []


def test_one_seat_more_places_one_more_and_says_who_pays(world, plan, ask):
    _slot, _strong, weak = two_for_one_seat(world)
    world.cost(10_000_000, world.source("bssn", 50_000_000))
    run = plan()

    row = ask(run, limit=price(run, "seats"), amount=1)

    plan_found = row.found["plan"]
    assert (plan_found["gain"], plan_found["lose"]) == (1, 0)
    assert plan_found["gained"] == [str(weak.pk)]
    assert plan_found["lines"] == {"bssn:2027": "10000"}
    told = answer(row).replace("\xa0", " ")
    assert told.startswith("Solved again: 1 person more has a place.")
    assert "BSSN, 2027 +Rp 10 m" in told
    assert question(row).startswith("seats of")
    assert retried(run) == []


def test_room_for_one_more_often_goes_to_somebody_else(world, plan, ask):
    slot, _strong, weak = two_for_one_seat(world)
    middle = world.person(slot, merit=70)
    run = plan()
    seats = price(run, "seats")

    first = ask(run, application=middle, slot=slot, limit=seats, amount=1)
    second = ask(run, application=weak, slot=slot, limit=seats, amount=1)
    third = ask(run, application=weak, slot=slot, limit=seats, amount=2)

    assert [row.found["then"] for row in (first, second, third)] == [
        "have",
        "else",
        "have",
    ]
    assert "would not go to this person" in answer(second)
    assert retried(run) == []


def test_equal_people_could_have_it(world, plan, ask):
    slot = world.slot(seats=1)
    world.person(slot, merit=90)
    for _ in range(2):
        world.person(slot, merit=50)
    run = plan()
    left = run.unplaced.first().application

    row = ask(run, application=left, slot=slot, limit=price(run, "seats"), amount=1)

    assert row.found["then"] == "might"
    assert "equally good" in answer(row)
    assert retried(run) == []


def test_a_pin_or_a_share_that_stands_in_the_way_is_named(world, plan, ask):
    """Strong has more points than who is pinned; the share asks for women."""
    slot, strong, weak = two_for_one_seat(world)
    factories.pin.make(application=weak, slot=slot, created_by=world.planner)
    row = ask(run := plan(), application=strong, slot=slot)
    assert row.found["verdict"] == {"kind": "never", "freed": ["pins"]}
    assert "by a pin, this person could have it" in answer(row)
    left = run.unplaced.get(application=strong)
    assert "officers keep for others" in left.compared_for_participant()
    assert retried(run) == []
    row.found["verdict"]["freed"] = ["pins", "quotas"]
    with pytest.raises(KeyError):  # there is no quota
        list(Retrial(Asked.of(run)).faults(row))

    weak.pins.all().delete()
    Participant.objects.filter(pk=weak.participant_id).update(sex=Sex.FEMALE)
    Participant.objects.filter(pk=strong.participant_id).update(sex=Sex.MALE)
    factories.quota.make(
        intake=world.intake, measure="absolute", value=1, is_hard=False, price=500
    )
    row = ask(run := plan(), application=strong, slot=slot)
    assert row.found["verdict"]["freed"] == ["quotas"]
    assert "a priced quota cost nothing" in answer(row)
    assert retried(run) == []


def test_a_run_asks_by_itself_what_holds_it_back(world, plan):
    slot, _strong, _weak = two_for_one_seat(world)
    world.cost(30_000_000, world.source("bssn", 40_000_000))
    run = plan()

    assert all(row.is_standing for row in run.what_ifs.all())
    limits = {
        (each.get("limit") or each["lines"][0])
        for row in run.what_ifs.all()
        for each in row.changes
    }
    assert limits == {f"seats:{slot.code}", "bssn:2027"}
    assert what_ifs.serve_all(run.pk) == 3
    left = run.unplaced.get()
    assert "points short" in left.compared()
    assert "points lower" in left.compared_for_participant()
    # A seat alone, or money alone, places nobody more.
    limits = run.what_ifs.filter(application__isnull=True)
    assert [row.found["plan"]["gain"] for row in limits] == [0, 0]
    assert retried(run) == []


def test_a_better_plan_that_needs_no_change_is_not_told_as_its_gain(world, plan):
    """The plan at hand is made worse by hand: nobody has the seat."""
    slot, strong, _weak = two_for_one_seat(world)
    world.cost(10_000_000, world.source("bssn", 50_000_000))
    run = plan()
    asked = Asked.of(run)
    worse = asked.choice.copy()
    worse[asked.problem.option_agent[asked.way_to(strong, slot.code)]] = -1
    row = asking.ask(
        run=run,
        by=world.planner,
        now=NOW,
        limit=run.prices.get(kind="budget"),
        amount=100_000,
    )
    trial = what_ifs.Trial(leases.claim(row.pk, model=WhatIf))
    trial.asked.choice = worse
    row.found = trial.found()
    assert not row.found["plan"]["needs_change"]
    assert row.found["plan"]["gain"] == 1
    row.found["plan"]["tiers"] = [1]
    assert "without the change as well" in answer(row)


def test_what_cannot_be_asked_is_refused_in_words(world, plan, ask):
    slot, strong, _weak = two_for_one_seat(world)
    other = world.slot()
    run = plan()
    with pytest.raises(Refusal, match="no way to this place"):
        ask(run, application=strong, slot=other)
    with pytest.raises(Refusal, match="or both"):
        ask(run)
    with pytest.raises(Refusal, match="above 0"):
        ask(run, limit=run.prices.get(code=slot.code), amount=0)
    with pytest.raises(Refusal, match="seconds"):
        ask(run, application=strong, slot=slot, seconds=10_000)


def test_a_question_that_three_workers_failed_says_so(world, plan, monkeypatch):
    slot, _strong, weak = two_for_one_seat(world)
    run = plan()
    row = asking.ask(run=run, by=world.planner, now=NOW, application=weak, slot=slot)
    assert "being solved" in answer(row)

    def fail(self):
        raise OSError("disk full")

    monkeypatch.setattr(what_ifs.Trial, "found", fail)
    for _attempt in range(3):
        with pytest.raises(OSError, match="disk full"):
            what_ifs.answer(row.pk)
    WhatIf.objects.filter(pk=row.pk).update(
        lease_until=timezone.now() - timedelta(hours=1)
    )
    what_ifs.end()
    row.refresh_from_db()
    assert row.state == RunState.FAILED
    assert "three attempts failed" in answer(row)


@pytest.mark.parametrize("seed", [0, 3])
def test_random_worlds_are_told_nothing_that_is_not_so(
    world, plan, ask, seed, monkeypatch
):
    monkeypatch.setattr(standing, "MOST_PEOPLE", 0)  # those of test_inquiring
    random_worlds.fill(world, seed)
    run = plan(seconds=5)
    assert run.has_plan
    rows = [row for row in run.unplaced.all() if row.reasons[0].get("slot")]
    slots = {slot.code: slot for slot in world.intake.slots.all()}
    for row in rows[:3]:
        place = slots[row.reasons[0]["slot"]]
        if "option" in row.reasons[0] and not row.reasons[0]["pathway"]:
            ask(run, application=row.application, slot=place, seconds=5)
    what_ifs.serve_all(run.pk)
    assert run.what_ifs.exists()
    assert retried(run) == []
