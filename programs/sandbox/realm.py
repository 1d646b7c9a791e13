"""Entering the sandbox: its database takes the place of the other for a while."""

import time
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from programs.domain import transactions
from programs.models import Institution, User

ALIAS = "sandbox"
HOST = "sandbox-host"
"""The code of the institution that is there once the sandbox is prepared."""
LOOK_AGAIN_SECONDS = 30
"""How long a process believes that there is no sandbox."""


@contextmanager
def entered():
    """Let the sandbox's database be the only one that this thread knows.

    Connections belong to a thread, so no other request or job notices.
    """
    if is_entered():
        yield
        return
    live = connections[DEFAULT_DB_ALIAS]
    with transactions.apart():
        connections[DEFAULT_DB_ALIAS] = connections[ALIAS]
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = live


def is_entered():
    """Return whether this thread is in the sandbox."""
    return connection.alias == ALIAS


def copy_tables():
    """Give a new sandbox the tables of a database that is as new, where that is quick.

    Migrating takes many times as long. Nothing is copied once anybody is known on the
    live side, or where there is a sandbox already.
    """
    live = connections[DEFAULT_DB_ALIAS]
    if live.vendor != "sqlite" or live.in_atomic_block:
        return
    if not live.introspection.table_names():
        return
    if Institution.objects.exists() or User.objects.exists():
        return
    with entered():
        if not connection.introspection.table_names():
            live.connection.backup(connection.connection)


def is_prepared():
    """Return whether the sandbox is there, of this release (``open_sandbox``).

    Once it is, nobody asks again; until then this process looks now and then.
    """
    if not _seen.is_whole and _seen.is_old():
        with entered():
            _seen.is_whole = _is_whole()
    return _seen.is_whole


class _Seen:
    """What this process found when it last looked at the sandbox."""

    def __init__(self):
        self.forget()

    def forget(self):
        """Know nothing, as at the start."""
        self.is_whole, self._looked_at = False, None

    def is_old(self):
        """Return whether it is time to look again, and remember that one does."""
        now, before = time.monotonic(), self._looked_at
        if before is not None and now - before < LOOK_AGAIN_SECONDS:
            return False
        self._looked_at = now
        return True


_seen = _Seen()


def _is_whole():
    try:
        if Institution._meta.db_table not in connection.introspection.table_names():
            return False
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return not missing and Institution.objects.filter(code=HOST).exists()
    except DatabaseError:
        return False
