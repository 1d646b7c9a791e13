"""Planning again: few changes, at a price, and never more than are allowed."""

import pytest

from planner.allocation.decisions import publish
from planner.allocation.results import losses
from planner.models import RunState
from planner.models.words import conflict
from programs.domain import placements
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, Placement
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, places, replanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(world, plan):
    """Two seats with an offer each, and one who waits."""
    world.seat = world.slot(seats=2)
    world.people = [world.person(world.seat, merit=merit) for merit in (90, 60, 30)]
    world.base = approved(world, plan())
    publish.publish(world.base, by=world.planner, now=NOW)
    return world


def fewer_seats(world):
    world.seat.capacity_max = 1
    world.seat.save()


def test_no_more_people_lose_than_the_budget_allows(full):
    full.person(full.seat, merit=100), full.person(full.seat, merit=99)
    free = replanned(full, change_price=0)
    assert len(losses.of_run(free).people) == 2
    for most in (0, 1):
        run = replanned(full, change_price=0, most_changes=most)
        assert len(losses.of_run(run).people) == most
        (limit,) = run.prices.filter(kind="changes")
        assert (limit.lower, limit.use) == (2 - most, 2 - most)
        assert run.most_changes == most


def test_a_budget_that_the_data_break_gives_no_plan_and_says_how_many_it_takes(full):
    fewer_seats(full)
    run = replanned(full, most_changes=0)
    assert run.state == RunState.INFEASIBLE
    told = [conflict(relief) for relief in run.summary["conflict"]]
    assert "Allow 1 more person to lose a decided place or to move." in told
    assert replanned(full, most_changes=1).state == RunState.SOLVED


def test_who_loses_a_place_comes_before_a_newcomer(full):
    other = full.slot(seats=1)
    full.person(other, merit=100)
    loser = full.people[1]
    loser.preferences.create(rank=2, slot=other)
    fewer_seats(full)
    run = replanned(full)
    assert places(run) == {full.people[0].pk: full.seat.code, loser.pk: other.code}
    (loss,) = losses.of_run(run).people
    assert loss.moves


@pytest.mark.parametrize("strong_accepts", [True, False])
def test_whose_answer_binds_more_keeps_the_place(full, strong_accepts):
    strong, weak = full.people[:2]
    accepts, waits = (strong, weak) if strong_accepts else (weak, strong)
    placements.accept(
        placement=Placement.objects.get(application=accepts), by=SYSTEM, now=NOW
    )
    fewer_seats(full)
    run = replanned(full)
    assert set(places(run)) == {accepts.pk}
    assert [loss.applications for loss in losses.of_run(run).people] == [(waits.pk,)]


def test_whoever_got_an_offer_since_counts_when_it_is_published(full):
    late = full.person(full.seat, merit=1)
    run = approved(full, replanned(full, most_changes=0))
    factories.placement.make(application=late, slot=full.slot(), state="offered")
    assert [loss.state for loss in losses.of_run(run).people] == ["offered"]
    with pytest.raises(Refusal, match="Decided places that stay as they are: 1 too"):
        publish.publish(run, by=full.planner, now=NOW)


@pytest.mark.parametrize("wanted", [{"most_changes": -1}, {"change_price": 10**9}])
def test_numbers_that_make_no_sense_are_refused_at_their_field(full, wanted):
    with pytest.raises(Refusal, match="from 0 to") as refused:
        replanned(full, **wanted)
    assert refused.value.field == next(iter(wanted))


def test_the_trail_says_what_was_asked_for(full):
    replanned(full, most_changes=3)
    entry = AuditEvent.objects.filter(action="runs.request").order_by("sequence").last()
    assert entry.data["most_changes"] == 3
    assert entry.data["replans"] == full.base.number
