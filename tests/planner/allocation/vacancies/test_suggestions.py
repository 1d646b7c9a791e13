"""Free places: somebody is suggested, a person decides, nothing happens twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from planner.allocation.decisions import publish
from planner.allocation.problem import snapshot
from planner.allocation.vacancies import reserves, searches, suggestions
from planner.jobs import dispatch, leases
from planner.models import AllocationRun, MoveUp, MoveUpState, Search
from programs.domain import placements, stay_changes
from programs.models import AuditEvent, Placement
from programs.refusals import Refusal, RefusalKind
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, suggest

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def published(world, plan):
    """Two seats taken, three people waiting, money for four."""
    world.seat = world.slot(seats=2)
    world.money = world.source("apbn", 40_000_000)
    world.cost(10_000_000, world.money)
    merits = (90, 80, 60, 40, 20)
    world.people = [world.person(world.seat, merit=merit) for merit in merits]
    publish.publish(approved(world, plan()), by=world.planner, now=NOW)
    return world


def leave(world, number, now=LATER):
    """Let somebody who was placed decline."""
    person = world.people[number]
    placements.decline(
        placement=Placement.objects.get(application=person),
        by=factories.partner(of=person.nominated_by),
        now=now,
    )


def asked():
    """Return (application, state) of each suggestion, oldest first."""
    rows = MoveUp.objects.order_by("suggested_at", "pk")
    return [(row.application_id, row.state) for row in rows]


def test_who_is_next_is_suggested_and_offered_when_a_person_says_so(published):
    assert suggest(now=LATER) == 0
    leave(published, 0)
    assert suggest(now=LATER) == 1
    assert suggest(now=LATER) == 0
    third = published.people[2]
    assert asked() == [(third.pk, MoveUpState.OPEN)]
    assert Placement.objects.live().count() == 1
    placed = suggestions.confirm(MoveUp.objects.get(), by=published.planner, now=LATER)
    assert placed.application == third
    assert placed.funding_lines.get().amount == 10_000_000
    assert asked() == [(third.pk, MoveUpState.CONFIRMED)]
    assert suggest(now=LATER) == 0
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"reserves.suggest", "reserves.confirmed", "reserves.move_up"} <= actions


def test_two_free_places_get_two_people(published):
    leave(published, 0)
    leave(published, 1)
    assert suggest(now=LATER) == 2
    assert {row for row, _state in asked()} == {p.pk for p in published.people[2:4]}


def test_money_for_one_suggests_one_and_says_that_nobody_else_fits(published):
    leave(published, 0)
    leave(published, 1)
    published.money.budget_lines.update(amount=10_000_000)
    assert suggest(now=LATER) == 1
    assert sorted(state for _row, state in asked()) == ["nobody", "open"]
    assert suggest(now=LATER) == 0


def test_who_is_passed_over_makes_room_for_the_next(published):
    leave(published, 0)
    suggest(now=LATER)
    first = MoveUp.objects.get()
    with pytest.raises(Refusal, match="reason"):
        suggestions.dismiss(first, reason=" ", by=published.planner, now=LATER)
    suggestions.dismiss(first, reason="Ill.", by=published.planner, now=LATER)
    assert suggest(now=LATER + timedelta(minutes=1)) == 1
    third, fourth = (person.pk for person in published.people[2:4])
    assert asked() == [(third, "dismissed"), (fourth, "open")]
    with pytest.raises(Refusal) as refused:
        suggestions.confirm(first, by=published.planner, now=LATER)
    assert refused.value.code == "already-decided"


def test_what_is_no_longer_possible_is_refused_and_the_next_is_suggested(published):
    leave(published, 0)
    suggest(now=LATER)
    row = MoveUp.objects.get()
    row.application.state = "withdrawn"
    row.application.save()
    with pytest.raises(Refusal) as refused:
        suggestions.confirm(row, by=published.planner, now=LATER)
    assert refused.value.code == "nobody-moves-up"
    assert row.state == MoveUpState.OUTDATED
    assert not Placement.objects.filter(application=row.application_id).exists()
    suggest(now=LATER + timedelta(minutes=1))
    assert asked()[-1] == (published.people[3].pk, "open")


def test_coordinators_of_the_program_decide_and_nobody_else(published):
    leave(published, 0)
    suggest(now=LATER)
    row = MoveUp.objects.get()
    own = factories.coordinator(of=published.program.owner)
    others = [factories.coordinator(), factories.partner(), factories.auditor()]
    for other in others:
        with pytest.raises(Refusal) as refused:
            suggestions.confirm(row, by=other, now=LATER)
        assert refused.value.kind == RefusalKind.FORBIDDEN
    visible = MoveUp.objects.visible_to
    assert not any(visible(other).exists() for other in others[:2])
    assert visible(own).get() == row
    suggestions.confirm(row, by=own, now=LATER)
    assert Placement.objects.live().count() == 2


def test_moving_somebody_up_by_hand_is_not_suggested_again(published):
    leave(published, 0)
    reserves.move_up(published.seat, by=published.planner, now=LATER)
    assert suggest(now=LATER) == 0
    assert [state for _row, state in asked()] == ["nobody"]


def test_what_ended_before_the_plan_was_known_to_it(published):
    leave(published, 0, now=NOW - timedelta(days=1))
    assert suggest(now=LATER) == 0
    assert asked() == []


def test_a_look_that_finds_nothing_is_two_queries(published):
    with CaptureQueriesContext(connection) as queries:
        assert searches.ask(now=LATER) == 0
    assert len(queries) == 2


def test_the_dispatcher_never_takes_a_snapshot(published, monkeypatch):
    def take(**arguments):
        raise AssertionError("the dispatcher does long work")

    monkeypatch.setattr(snapshot, "take", take)
    rung = []
    monkeypatch.setattr(dispatch, "ring", lambda kind, pk: not rung.append(pk))
    leave(published, 0)
    for name in settings.DISPATCH:
        dispatch.look_after(import_string(name), now=LATER)
    search = Search.objects.get().pk
    assert rung.count(search) == 1
    assert asked() == []
    assert searches.ask(now=LATER) == 0  # a plan has one search
    dispatch.ring_waiting()
    assert rung.count(search) == 1


def test_a_search_is_served_once(published):
    leave(published, 0)
    searches.ask(now=LATER)
    row = Search.objects.get()
    assert leases.claim(row.pk, model=Search)
    assert searches.search(row.pk, now=LATER) is None
    assert searches.search("../../etc/passwd") is None
    assert asked() == []


def test_who_was_overtaken_suggests_nobody(published, monkeypatch):
    leave(published, 0)
    searches.ask(now=LATER)
    row = Search.objects.get()
    judge = reserves.judge

    def overtaken(*arguments, **more):
        Search.objects.update(attempt=2)
        return judge(*arguments, **more)

    monkeypatch.setattr(reserves, "judge", overtaken)
    assert searches.search(row.pk, now=LATER) is None
    assert asked() == []
    assert Search.objects.get().attempt == 2


def test_a_search_that_fails_is_tried_three_times_and_again_later(
    published, monkeypatch
):
    def fail(**arguments):
        raise MemoryError

    leave(published, 0)
    searches.ask(now=LATER)
    row = Search.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "take", fail)
        for _attempt in range(3):
            with pytest.raises(MemoryError):
                searches.search(row.pk, now=LATER)
    rung = []
    monkeypatch.setattr(dispatch, "ring", lambda kind, pk: not rung.append(pk))
    dispatch.ring_waiting()
    assert row.pk not in rung
    assert suggest(now=LATER) == 0
    Search.objects.update(heartbeat_at=Now() - timedelta(hours=2))
    assert suggest(now=LATER) == 1
    assert not Search.objects.exists()


def test_nobody_is_suggested_where_everybody_has_withdrawn(published):
    leave(published, 0)
    published.intake.applications.update(state="withdrawn")
    assert suggest(now=LATER) == 0
    assert [state for _row, state in asked()] == ["nobody"]
    assert suggest(now=LATER) == 0


def test_who_moves_to_another_slot_leaves_a_place_to_whoever_waits(published):
    sure = Placement.objects.get(application=published.people[0])
    sender = factories.partner(of=sure.application.nominated_by)
    host = factories.partner(of=published.seat.host)
    other = published.slot(host=published.seat.host)
    placements.accept(placement=sure, by=sender, now=LATER)
    change = stay_changes.propose(
        placement=sure, by=sender, now=LATER, reason="Nearer to home", slot=other
    )
    assert suggest(now=LATER) == 0  # nothing is free before both agree
    stay_changes.agree(change=change, by=host, now=LATER)
    assert suggest(now=LATER) == 1
    assert suggest(now=LATER) == 0
    (row,) = MoveUp.objects.all()
    assert (row.application, row.slot) == (published.people[2], published.seat)
    assert (row.freed, str(row.left)) == (sure, "moved to another slot")
    suggestions.confirm(row, by=published.planner, now=LATER)
    # The place moved into is another one, and is free when the person leaves it too.
    sure.refresh_from_db()
    factories.reserve_entry.make(slot=other, application=published.people[3])
    placements.decline(placement=sure, by=sender, now=LATER)
    (free,) = suggestions.free_places(AllocationRun.objects.get(), LATER)
    assert (free.slot, free.placement) == (other, sure)


def test_who_drops_out_between_steps_leaves_the_later_place_to_who_is_next(world, plan):
    way = factories.pathway.make(intake=world.intake, arrival_worth=9)
    days = (date(2027, 5, 1), date(2027, 7, 1)), (date(2027, 8, 1), date(2027, 11, 1))
    first, last = (world.slot(starts_on=day, ends_on=end) for day, end in days)
    for position, slot in enumerate((first, last), start=1):
        factories.pathway_step.make(pathway=way, position=position, slot=slot)
    world.cost(10_000_000, world.source("apbn", 20_000_000))
    traveller, waiting = world.person(way), world.person(last)
    publish.publish(approved(world, plan()), by=world.planner, now=NOW)
    begun = Placement.objects.get(application=traveller, slot=first)
    assert Placement.objects.live().filter(application=traveller).count() == 2
    Placement.objects.filter(pk=begun.pk).update(state="arrived")
    begun.refresh_from_db()
    may = datetime(2027, 5, 20, 3, tzinfo=UTC)
    host = factories.partner(of=first.host)
    placements.end_early(placement=begun, by=host, now=may, reason="Did not pass.")
    assert suggest(now=may) == 1
    assert asked() == [(waiting.pk, MoveUpState.OPEN)]
    placed = suggestions.confirm(MoveUp.objects.get(), by=world.planner, now=may)
    assert (placed.application, placed.slot) == (waiting, last)
    # The first step's money is spent, the second's was free again.
    assert placed.funding_lines.get().amount == 10_000_000
