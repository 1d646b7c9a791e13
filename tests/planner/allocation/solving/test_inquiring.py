"""The inquiry after a run: told once it is known, possible where that is said."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from planner.allocation.results import standing
from planner.allocation.solving import inquiring, what_ifs
from planner.jobs import leases
from planner.models import Inquiry, RunState, Unplaced
from tests.planner.allocation import random_worlds

pytestmark = pytest.mark.django_db


def verify(run, **options):
    """Carry out what a run says; return what the command says."""
    told = io.StringIO()
    call_command("verify_reasons", str(run.number), stdout=told, **options)
    return told.getvalue()


def inquired(run):
    """Serve every part of a run; return its unplaced people by their merit."""
    inquiring.serve_all(run.pk)
    rows = run.unplaced.order_by("application__merit_score")
    return list(rows)


def named(different):
    """Return (limit, how much more) of what would be enough."""
    limits = different["enough"]["limits"]
    return [(x.get("limit") or x["lines"][0], x["by"]) for x in limits]


def test_nothing_is_said_before_it_is_known(world, plan):
    slot = world.slot(seats=1)
    for merit in (90, 50):
        world.person(slot, merit=merit)

    run = plan()

    row = run.unplaced.get()
    assert "not known yet" in row.differently()
    assert "not known yet" in row.differently_for_participant()
    assert "1 people about whom it is not known" in verify(run)
    (row,) = inquired(run)
    assert named(row.different) == [(f"seats:{slot.code}", 1)]
    assert row.differently().startswith(f"{slot.code}: possible with more")
    assert "1 changes carried out, all possible" in verify(run)


def test_seats_and_money_are_both_needed(world, plan):
    slot = world.slot(seats=1)
    world.cost(30_000_000, world.source("bssn", 40_000_000))
    for merit in (90, 50):
        world.person(slot, merit=merit)

    (row,) = inquired(run := plan())

    # 40 million, less 30 for the first: 20 are missing. Units are thousands.
    assert named(row.different) == [(f"seats:{slot.code}", 1), ("bssn:2027", 20_000)]
    assert row.different["enough"]["fewest"]
    assert "Rp\xa020\xa0m" in row.differently()
    told = row.differently_for_participant()
    assert "seats, money" in told
    assert "Rp" not in told
    verify(run)


def test_who_can_be_elsewhere_moves_before_a_limit_gives_way(world, plan):
    """The holder of the only seat can go to a slot that nobody else could take."""
    full, other = world.slot(seats=1), world.slot(seats=1)
    third = world.slot(seats=1)
    world.person(full, other, merit=90)
    world.person(third, merit=80)
    world.person(full, third, merit=10)
    run = plan()
    assert not run.unplaced.exists()  # such a plan is found by the run itself

    world.person(full, third, merit=5)
    (row,) = inquired(run := plan())
    assert len(row.different["enough"]["limits"]) == 1
    verify(run)


def test_a_cohort_needs_more_for_as_many_as_it_takes(world, plan):
    slot = world.slot(seats=5, fewest=3)
    world.cost(30_000_000, world.source("bssn", 40_000_000))
    for merit in (90, 80, 70, 60):
        world.person(slot, merit=merit)

    rows = inquired(run := plan())

    # Three people cost 90 million, and there are 40.
    assert {tuple(named(row.different)) for row in rows} == {(("bssn:2027", 50_000),)}
    assert {row.different["enough"]["others"] for row in rows} == {2}
    found = run.inquiries.get(part=0).found["cohorts"][slot.code]
    assert (found["able"], found["min"]) == (4, 3)
    assert [each["by"] for each in found["enough"]["limits"]] == [50_000]
    verify(run)


def test_too_few_is_said_only_by_counting(world, plan):
    slot = world.slot(seats=5, fewest=3)
    for _ in range(2):
        world.person(slot)

    inquired(run := plan())

    found = run.inquiries.get(part=0).found["cohorts"][slot.code]
    assert found == {"able": 2, "min": 3, "enough": None}
    verify(run)


def test_rules_are_asked_nothing(world, plan):
    slot = world.slot(seats=1, min_kkni=9)
    world.person(slot)

    run = plan()

    row = run.unplaced.get()
    assert row.differently() == ""
    assert [inquiry.subjects for inquiry in run.inquiries.all()] == [[]]


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 7, 8])
def test_random_worlds_are_told_nothing_that_is_not_so(world, plan, seed, monkeypatch):
    """Also how the best plan with somebody in a wanted place compares."""
    monkeypatch.setattr(standing, "MOST_PEOPLE", 1)
    random_worlds.fill(world, seed)
    run = plan()
    assert run.has_plan

    inquired(run)
    run.what_ifs.filter(application__isnull=True).delete()
    what_ifs.serve_all(run.pk)

    assert "all possible" in verify(run)
    assert not run.inquiries.exclude(state=RunState.SOLVED).exists()


def test_random_worlds_have_something_to_carry_out(world, plan):
    random_worlds.fill(world, 1)
    rows = inquired(plan())
    assert sum(bool(row.different and row.different["enough"]) for row in rows) > 2


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda enough: enough["limits"].pop(), "Not named"),
        (lambda enough: enough["limits"][1].update(units=1), "Not named"),
        (lambda enough: enough.update(options=[1 - enough["options"][0]]), "else's"),
        (lambda enough: enough["limits"].append(enough["limits"][0]), "not in the way"),
    ],
)
def test_what_is_not_so_is_noticed(world, plan, change, fault):
    slot = world.slot(seats=1)
    world.cost(30_000_000, world.source("bssn", 40_000_000))
    for merit in (90, 50):
        world.person(slot, merit=merit)
    (row,) = inquired(run := plan())
    change(row.different["enough"])
    Unplaced.objects.filter(pk=row.pk).update(different=row.different)

    with pytest.raises(CommandError, match=fault):
        verify(run)


def test_that_fewer_would_not_do_is_asked_of_another_solver(world, plan):
    """One of the two seats is enough: two are said to be needed."""
    slot, other = world.slot(seats=1), world.slot(seats=1)
    world.person(slot, other, merit=90)
    world.person(other, slot, merit=80)
    world.person(slot, other, merit=10)
    (row,) = inquired(run := plan())
    enough = row.different["enough"]
    assert len(enough["limits"]) == 1
    option = next(o for o in row.reasons if o["option"] != enough["options"][0])
    assert option["short"]
    enough.update(fewest=True, limits=[enough["limits"][0], option["short"][0]])
    Unplaced.objects.filter(pk=row.pk).update(different=row.different)

    with pytest.raises(CommandError, match="not in the way"):
        verify(run)


def test_whoever_takes_over_goes_on_where_the_other_stopped(world, plan, monkeypatch):
    slot = world.slot(seats=1)
    for merit in (90, 50, 40):
        world.person(slot, merit=merit)
    run = plan()
    part = run.inquiries.get(part=1)
    answered = []
    monkeypatch.setattr(inquiring, "AT_ONCE", 1)

    def die_at_the_second(row, asked):
        answered.append(row.pk)
        if len(answered) == 2:
            raise OSError("disk full")
        return {"enough": None}

    monkeypatch.setattr(inquiring, "answer", die_at_the_second)
    with pytest.raises(OSError, match="disk full"):
        inquiring.inquire(part.pk)
    assert run.unplaced.filter(different__isnull=True).count() == 1
    assert inquiring.inquire(part.pk) == 1
    assert len(answered) == 3
    part.refresh_from_db()
    assert (part.state, part.attempt) == (RunState.SOLVED, 2)


def test_whoever_was_overtaken_writes_nothing(world, plan, monkeypatch):
    slot = world.slot(seats=1)
    for merit in (90, 50):
        world.person(slot, merit=merit)
    run = plan()
    part = run.inquiries.get(part=1)

    def overtaken(row, asked):
        Inquiry.objects.filter(pk=part.pk).update(attempt=3)
        return {"enough": None}

    monkeypatch.setattr(inquiring, "answer", overtaken)
    assert inquiring.inquire(part.pk) is None
    assert run.unplaced.get().different is None


def test_a_part_that_nobody_brought_back_ends_and_the_rest_stays_unknown(world, plan):
    slot = world.slot(seats=1)
    for merit in (90, 50):
        world.person(slot, merit=merit)
    run = plan()
    past = timezone.now() - timedelta(hours=1)
    run.inquiries.update(state=RunState.RUNNING, attempt=3, lease_until=past)

    inquiring.end()

    assert set(run.inquiries.values_list("state", flat=True)) == {RunState.FAILED}
    assert not leases.waiting(Inquiry).exists()
    assert "not known yet" in run.unplaced.get().differently()
