"""A write's transaction: what it tells is appended last, and who is overtaken retries.

The audit trail has one head, and whoever appends to it keeps it until the commit: taken
first, it would make every other writer wait for the longest one, and lock rows in
another order than theirs. So entries and events wait in the transaction and are
appended together right before it commits.
"""

import functools
import random
import threading
import time
from contextlib import contextmanager

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from programs import collisions, promises
from programs.refusals import Refusal, RefusalKind

TRIES = 3
PATIENCE = 10
"""Seconds after which a write that was overtaken is not tried once more."""
PAUSE = 0.2
"""Seconds a second try waits at most, so that two do not meet again."""

MANY = 5_000
"""Entries from which on foreign keys are looked up before the head of the trail is
taken: at the commit, everybody else who writes would wait for it."""

SERIALIZATION, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"
BUSY, LOCKED = 5, 6


class _Told(threading.local):
    """What the open transaction of this thread will append, or None outside one."""

    entries = None


_told = _Told()


@contextmanager
def atomic():
    """Open a transaction whose entries and events are appended right before its end.

    One inside another is a part of it: what it tells is forgotten if it is undone.
    """
    if _told.entries is not None:
        with _part():
            yield
        return
    _told.entries = []
    try:
        with transaction.atomic():
            yield
            _append()
    finally:
        _told.entries = None


@contextmanager
def apart():
    """Tell what is told inside to another database, whatever is open outside."""
    kept, _told.entries = _told.entries, None
    try:
        yield
    finally:
        _told.entries = kept


@contextmanager
def _part():
    before = len(_told.entries)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del _told.entries[before:]
        raise


def at_the_end(append, *rows, ahead=list):
    """Append rows, by ``append(ahead(rows))``, when the transaction of the caller ends.

    Outside of ``atomic`` they are appended at once. Rows for the same function are
    appended by one call, in the order in which they came.

    Parameters
    ----------
    append: takes the head of the trail, and keeps it until the commit.
    ahead: what can be done of it before; others wait for whoever has the head.
    """
    if not rows:
        return
    if _told.entries is None:
        with transaction.atomic():
            append(ahead(rows))
    else:
        _told.entries.extend(((append, ahead), row) for row in rows)


def is_telling():
    """Return whether the open transaction has something to append: it did something."""
    return bool(_told.entries)


def _append():
    told, _told.entries = _told.entries, None
    by_function = {}
    for functions, row in told:
        by_function.setdefault(functions, []).append(row)
    readied = [(append, ahead(rows)) for (append, ahead), rows in by_function.items()]
    if len(told) > MANY and connection.vendor == "postgresql":
        connection.check_constraints()
    for append, rows in readied:
        append(rows)


def is_retryable(error):
    """Return whether the database only says that others were quicker."""
    cause = error.__cause__ or error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in (BUSY, LOCKED)
    state = getattr(cause, "sqlstate", None)
    return state in (SERIALIZATION, DEADLOCK, LOCK_TIMEOUT)


def verb(function):
    """Try a write again, up to three times, when the database says that it may.

    Inside a transaction it is tried once: what came before would be lost with it. A
    verb for many (``*_many``) changes the rows that it is given, so it is tried again
    by its caller, who makes them anew.

    Raises
    ------
    Refusal: others were quicker each time, or somebody who acted at the same moment
    has taken what this needed; nothing was written.
    """

    @functools.wraps(function)
    def trying(*args, **kwargs):
        started = time.monotonic()
        tries = 1 if connection.in_atomic_block else TRIES
        for left in reversed(range(tries)):
            try:
                return function(*args, **kwargs)
            except IntegrityError as error:
                if refusal := told(error):
                    raise refusal from error
                raise
            except OperationalError as error:
                if tries == 1 or not is_retryable(error):
                    raise
                if not left or time.monotonic() - started > PATIENCE:
                    raise busy() from error
            time.sleep(random.uniform(0, PAUSE))
        raise AssertionError  # the last try returns or raises

    return trying


def one_by_one(act, rows, by, now):
    """Let a verb act on each row by itself; return those on which it did.

    Whatever is answered by somebody else at this very moment is left to them.
    """
    done = []
    for row in rows:
        try:
            act(row, by, now)
        except Refusal:
            continue
        done.append(row)
    return done


def tried(changes):
    """Return {place: refusal} of changes that would break what the database keeps.

    Each is tried beside those before it that were let in; all are taken back.

    Parameters
    ----------
    changes: {place: function that writes}.
    """
    refused = {}
    with transaction.atomic():
        for place, write in changes.items():
            try:
                with transaction.atomic():
                    write()
            except IntegrityError as error:
                if refusal := told(error):
                    refused[place] = refusal
        transaction.set_rollback(True)
    return refused


def told(error):
    """Return the refusal for a constraint that two who act at once may meet.

    Anything else is a fault of ours, and stays the error that it is: ``None``.
    """
    name = promises.broken_by(error)
    if collisions.is_of_another_release(error):
        return collisions.other_release()
    if name not in promises.TOLD:
        return None
    return Refusal(
        name.replace("_", "-"), promises.TOLD[name], kind=RefusalKind.CONFLICT
    )


def busy():
    """Return the refusal for somebody whom others have kept waiting for too long."""
    return Refusal(
        "busy",
        _("Too many people write at this moment; nothing was saved. Try again."),
        kind=RefusalKind.BUSY,
    )
