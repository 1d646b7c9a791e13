"""Somebody else's connection, on PostgreSQL and on SQLite alike."""

import sqlite3
import threading
from contextlib import closing, contextmanager

from django.db import connections


def elsewhere(call):
    """Make a call in a thread with a connection of its own; raise what it raises."""
    errors = []

    def run():
        try:
            call()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    for error in errors:
        raise error


@contextmanager
def using(name):
    """Let everybody who connects meet in this database."""
    kept = connections["default"]
    settings = connections.settings["default"]
    before, settings["NAME"] = settings["NAME"], name
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = before
        connections["default"] = kept


def shared(path):
    """Yield while Django's database is one that several connections see.

    SQLite's test database is in memory and has one connection: it is copied to a file.
    """
    memory = connections["default"]
    if memory.vendor == "postgresql":
        yield
        return
    memory.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        memory.connection.backup(copy)
    with using(str(path)):
        yield
