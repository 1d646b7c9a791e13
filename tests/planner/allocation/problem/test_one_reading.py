"""What a plan depends on is read as of one moment, whoever writes meanwhile.

Another connection makes a change right before one statement of the reading, for some
statements in turn: the plan is the one of before or the one of after, whole.
"""

from contextlib import suppress
from itertools import count

import pytest
from django.db import DatabaseError, connection, transaction

from planner.allocation.problem import snapshot
from planner.allocation.solving import execute
from planner.models import RunState
from programs.choices import PinKind
from programs.domain import applications
from programs.models import Application, Participant, Pin, User
from programs.reading import Disagreement, at_one_moment
from tests import factories
from tests.connections import elsewhere, shared
from tests.planner.allocation.worlds import NOW, World, fresh

pytestmark = pytest.mark.django_db(transaction=True)
EVERY = 13
"""Of so many queries one is tried."""


class Meanwhile:
    """Lets somebody else act right before one of the queries of this connection."""

    def __init__(self, act, *, before):
        self.act, self.before = act, before
        self.seen = 0

    def __call__(self, execute, sql, params, many, context):
        """Act before the query of that number."""
        if sql.startswith("SELECT"):
            self.seen += 1
            if self.seen == self.before:
                elsewhere(self.act)
        return execute(sql, params, many, context)


@pytest.fixture
def database(tmp_path):
    """Let several connections see one database."""
    yield from shared(tmp_path / "shared.sqlite3")


@pytest.fixture
def crowd(database, inline):
    """People of different wishes and worth, one of them barred, and an officer."""
    world = World()
    one, two, three = world.seats = [world.slot(seats=1) for _ in range(3)]
    world.cost(10_000_000, world.source("apbn", 90_000_000))
    for merit in (90, 60):
        world.person(one, two, merit=merit)
        world.person(three, merit=merit - 10)
    barred = world.person(two, merit=95)
    factories.pin.make(application=barred, slot=two, kind=PinKind.FORBID)
    world.officer = factories.coordinator(of=world.program.owner)
    return world


def plan(world):
    """Return who may get which slot, at what cost and worth: all by ids."""
    taken = snapshot.take(intakes=[world.intake])
    ways = {}
    for option in range(len(taken.offers)):
        for pair in taken.offers.pairs_of(option).tolist():
            person = taken.rows.applications[taken.pairs.applicant[pair]].pk
            slot = taken.rows.slots[taken.pairs.slot[pair]].pk
            cost = int(taken.tariffs.total[taken.pairs.tariff[pair]])
            worth = [int(part[pair]) for part in taken.pairs.value.values()]
            ways.setdefault(person, {})[slot] = (cost, worth)
    return ways


def withdraw(world):
    """Return a call by which the first of the pool withdraws, so that all move up."""
    world.person(world.seats[0], merit=30)
    first = Application.objects.in_pool().filter(pins=None).order_by("pk").first()
    officer = world.officer.pk
    return lambda: applications.withdraw(
        application=Application.objects.get(pk=first.pk),
        by=User.objects.get(pk=officer),
        now=NOW,
    )


def join(world):
    """Return a call by which somebody else is in the pool, with a wish and a pin."""
    newcomer, (one, two, _three) = factories.participant.make(), world.seats

    def act():
        application = factories.application.make(
            participant=Participant.objects.get(pk=newcomer.pk), intake=world.intake
        )
        factories.preference.make(application=application, rank=1, slot=one)
        factories.pin.make(application=application, slot=two, kind=PinKind.FORBID)

    return act


def bar(world):
    """Return a call by which somebody may not go where they wish."""
    person = world.person(world.seats[0], merit=50)

    def act():
        factories.pin.make(
            application=Application.objects.get(pk=person.pk),
            slot=world.seats[0],
            kind=PinKind.FORBID,
        )

    return act


CHANGES = [withdraw, join, bar]


def statements(of):
    """Return numbers of some of the queries of a call."""
    counting = Meanwhile(None, before=0)
    with connection.execute_wrapper(counting):
        of()
    return range(3, counting.seen + 1, EVERY)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_the_middle_is_wholly_in_or_wholly_out(crowd, change):
    for number in statements(lambda: plan(crowd)):
        meanwhile = Meanwhile(change(crowd), before=number)
        before = plan(crowd)
        with connection.execute_wrapper(meanwhile):
            now = plan(crowd)
        after = plan(crowd)
        assert before != after
        assert now in (before, after)


@pytest.mark.parametrize("change", CHANGES)
def test_inside_the_transaction_of_a_writer_it_is_whole_or_refused(crowd, change):
    if connection.vendor == "sqlite":
        pytest.skip("There a writer has the database to itself.")
    for number in statements(lambda: plan(crowd)):
        meanwhile, now = Meanwhile(change(crowd), before=number), None
        before = plan(crowd)
        watched = connection.execute_wrapper(meanwhile)
        with transaction.atomic(), watched, suppress(Disagreement):
            now = plan(crowd)
        assert now is None or now in (before, plan(crowd))


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_that_reads_meanwhile_places_nobody_against_the_rules(crowd, change):
    run = crowd.run()
    act, before, turn = change(crowd), plan(crowd), count(1)
    middle = statements(lambda: plan(crowd)).stop // 2

    def meanwhile(execute, sql, params, many, context):
        is_read = connection.in_atomic_block and sql.startswith("SELECT")
        if is_read and next(turn) == middle:
            elsewhere(act)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        assert execute.execute(run.pk) == RunState.SOLVED, fresh(run).detail
    assert next(turn) > middle
    proposals = run.proposals.values_list("application", "slot", "cost")
    assert proposals
    for person, slot, cost in proposals:
        assert before[person][slot][0] == cost


def test_others_write_while_a_reading_is_open_and_it_writes_nothing(crowd):
    person = Application.objects.in_pool().first()
    rename = Application.objects.filter(pk=person.pk).update
    with at_one_moment():
        before = list(Application.objects.values_list("merit_score"))
        elsewhere(lambda: rename(merit_score=11))
        assert list(Application.objects.values_list("merit_score")) == before
        with pytest.raises(DatabaseError), transaction.atomic():
            rename(merit_score=12)
    person.refresh_from_db()
    assert person.merit_score == 11
    assert rename(merit_score=13)


def test_a_reading_leaves_the_way_writers_begin_as_it_was(crowd):
    if connection.vendor != "sqlite":
        pytest.skip("Only SQLite's writers take a lock as they begin.")
    with at_one_moment():
        pass
    assert connection.transaction_mode == "IMMEDIATE"
    assert Pin.objects.all().delete()
