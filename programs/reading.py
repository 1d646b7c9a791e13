"""Reading many tables as they stood at one moment, while everybody else goes on.

A plan depends on dozens of tables. Read one after the other, they show different
moments: somebody who withdraws in between is in one list and not in the next. So
whatever belongs together is read inside ``at_one_moment``, and lists that have to agree
are compared by their ids; where they do not, nothing is made of them.
"""

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from programs.refusals import Refusal, RefusalKind

REPEATABLE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class Disagreement(Refusal):
    """Two readings that belong together are of two moments; says of what."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "data-moved",
            _(
                "The data changed while they were being read (%(what)s). Nothing was "
                "made of them; try again."
            )
            % {"what": what},
            kind=RefusalKind.CONFLICT,
        )


@contextmanager
def at_one_moment() -> Iterator[bool]:
    """Read everything inside as of one moment; writing is an error.

    PostgreSQL reads by one snapshot (REPEATABLE READ). SQLite's snapshot is that of a
    deferred transaction: with IMMEDIATE, which writers here use, a reading of seconds
    would hold the one write lock. Nobody waits for a reading on either.

    Inside a transaction of the caller it joins that one. Yields whether everything is
    of one moment: in a writer's transaction on PostgreSQL each statement has its own,
    and whoever reads there compares again at the end (`require_same`).
    """
    if connection.in_atomic_block:
        yield connection.vendor == "sqlite" or _IS_READING.get()
        return
    begin = _on_sqlite if connection.vendor == "sqlite" else _on_a_server
    with begin():
        token = _IS_READING.set(True)
        try:
            yield True
        finally:
            _IS_READING.reset(token)


_IS_READING = ContextVar("is_reading", default=False)
"""Whether this thread's transaction was begun here."""


@contextmanager
def _on_sqlite() -> Iterator[None]:
    with _deferred(), _only_queries(), transaction.atomic():
        yield


@contextmanager
def _on_a_server() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(REPEATABLE)
        yield


@contextmanager
def _deferred() -> Iterator[None]:
    """Let the next transaction begin without SQLite's write lock."""
    connection.ensure_connection()  # which sets the mode
    mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = mode


@contextmanager
def _only_queries() -> Iterator[None]:
    """Refuse writes on this connection, as PostgreSQL does of itself."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA query_only = OFF")


class Index:
    """Where each of some ids stands, for joins by id and never by position.

    Parameters
    ----------
    ids: distinct ids in their order. what: what they are, for people.
    """

    def __init__(self, ids: Iterable[Hashable], *, what: str) -> None:
        self._at = {pk: position for position, pk in enumerate(ids)}
        self._what = what

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, pk: Hashable) -> bool:
        return pk in self._at

    def __getitem__(self, pk: Hashable) -> int:
        """Return the position of an id, or raise `Disagreement`."""
        try:
            return self._at[pk]
        except KeyError:
            raise Disagreement(self._what) from None


def require_same(
    one: Iterable[Hashable], other: Iterable[Hashable], *, what: str
) -> None:
    """Raise `Disagreement` unless both readings name the same ids."""
    if set(one) != set(other):
        raise Disagreement(what)
