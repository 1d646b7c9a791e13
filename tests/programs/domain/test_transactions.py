"""What a write tells is appended last; who was overtaken tries again."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection

from programs.audit_actions import AuditAction
from programs.domain import audit, events, transactions
from programs.domain.actors import SYSTEM
from programs.event_kinds import EventKind
from programs.models import AuditEvent, ChainHead, Event
from programs.refusals import Refusal, RefusalKind
from tests import factories

NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
ADD, CHANGE, DELETE = (
    AuditAction.DESK_ADD,
    AuditAction.DESK_CHANGE,
    AuditAction.DESK_DELETE,
)
KINDS = {
    ADD: EventKind.INTAKE_OPEN,
    CHANGE: EventKind.INTAKE_CLOSED,
    DELETE: EventKind.INTAKE_CANCELLED,
}


def tell(row, action):
    """Write an audit entry and an event."""
    audit.record(by=SYSTEM, action=action, obj=row, now=NOW)
    events.emit(kind=KINDS[action], obj=row, institutions=[row], now=NOW)


def fail(row, action):
    """Tell of something in a transaction that comes to nothing."""
    with transactions.atomic():
        tell(row, action)
        raise ZeroDivisionError


def written():
    """Return the actions of the trail, in its order."""
    return list(
        AuditEvent.objects.order_by("sequence").values_list("action", flat=True)
    )


@pytest.mark.django_db
def test_entries_and_events_wait_for_the_end_of_the_transaction():
    row = factories.institution.make()
    with transactions.atomic():
        tell(row, ADD)
        with transactions.atomic():
            tell(row, CHANGE)
        assert written() == []
        assert not ChainHead.objects.exists()
    assert written() == [ADD, CHANGE]
    kinds = [event.kind for event in Event.objects.order_by("sequence")]
    assert kinds == [KINDS[ADD], KINDS[CHANGE]]
    assert audit.verify_chain() == audit.ChainReport(2)


@pytest.mark.django_db
def test_what_is_undone_is_not_told():
    row = factories.institution.make()
    with transactions.atomic():
        tell(row, ADD)
        with pytest.raises(ZeroDivisionError):
            fail(row, CHANGE)
        tell(row, DELETE)
    assert written() == [ADD, DELETE]
    with pytest.raises(ZeroDivisionError):
        fail(row, CHANGE)
    tell(row, ADD)
    assert written() == [ADD, DELETE, ADD]


class Locked(Exception):
    """What SQLite's driver raises when somebody else writes."""

    sqlite_errorcode = 5


DEADLOCK = psycopg.errors.DeadlockDetected()
OTHER = psycopg.errors.UndefinedTable()


def failing(*causes):
    """Return a verb that fails once for each cause, then works, and its calls."""
    calls, left = [], list(causes)

    @transactions.verb
    def write():
        calls.append(connection.in_atomic_block)
        if left:
            raise OperationalError from left.pop(0)
        return "done"

    return write, calls


@pytest.fixture
def at_once(monkeypatch):
    """Wait for nobody between two tries."""
    monkeypatch.setattr(transactions, "PAUSE", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cause", [DEADLOCK, Locked()])
def test_who_was_overtaken_tries_again(at_once, cause):
    write, calls = failing(cause, cause)
    assert write() == "done"
    assert len(calls) == 3


@pytest.mark.django_db(transaction=True)
def test_after_three_tries_it_is_said_in_words(at_once):
    write, calls = failing(DEADLOCK, DEADLOCK, DEADLOCK)
    with pytest.raises(Refusal) as refusal:
        write()
    assert refusal.value.kind == RefusalKind.BUSY
    assert "Try again" in str(refusal.value)
    assert len(calls) == 3


@pytest.mark.django_db(transaction=True)
def test_whoever_waited_for_long_does_not_wait_again(at_once, monkeypatch):
    monkeypatch.setattr(transactions, "PATIENCE", -1)
    write, calls = failing(DEADLOCK)
    with pytest.raises(Refusal):
        write()
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_not_tried_again(at_once):
    write, calls = failing(OTHER)
    with pytest.raises(OperationalError):
        write()
    assert len(calls) == 1
    assert not transactions.is_retryable(IntegrityError())


@pytest.mark.django_db
def test_a_part_of_a_transaction_is_not_tried_again(at_once):
    write, calls = failing(DEADLOCK)
    with pytest.raises(OperationalError):
        write()
    assert calls == [True]


@pytest.mark.django_db
def test_a_promise_that_would_be_broken_is_told_by_its_name():
    slot = factories.slot.make(capacity_max=1)
    factories.placement.make(slot=slot)

    @transactions.verb
    def place():
        factories.placement.make(slot=slot)

    with pytest.raises(Refusal) as refusal:
        place()
    assert refusal.value.code == "slot-has-a-seat-for-everybody"
    assert refusal.value.kind == RefusalKind.CONFLICT


@pytest.mark.django_db
def test_a_constraint_of_another_kind_stays_an_error():
    intake = factories.intake.make()

    @transactions.verb
    def twin():
        factories.intake.make(code=intake.code)

    with pytest.raises(IntegrityError):
        twin()
