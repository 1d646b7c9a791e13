"""Several connections to one database, on PostgreSQL and on SQLite.

SQLite's test database is in memory and has one connection, so it is copied into a file.
Each race runs three times; ``make races`` sets RACES=50.
"""

import os
import sqlite3

import pytest
from django.db import connections

from tests.planner.allocation.conftest import inline  # noqa: F401
from tests.planner.allocation.worlds import World

TIMES = int(os.environ.get("RACES", "3"))


def pytest_generate_tests(metafunc):
    """Run each race several times: what goes well once may be luck."""
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("repetition", range(TIMES))


def pytest_collection_modifyitems(items):
    """Let each race commit: nothing meets inside one transaction."""
    for item in items:
        if "database" in item.fixturenames:
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def database(tmp_path):
    """Let several threads write to one database."""
    if connections["default"].vendor == "postgresql":
        yield
    else:
        yield from on_disk(tmp_path / "races.sqlite3")


def on_disk(path):
    """Point Django at a copy on disk of the test database."""
    memory = connections["default"]
    memory.ensure_connection()
    with sqlite3.connect(path) as copy:
        memory.connection.backup(copy)
    copy.close()
    settings = connections.settings["default"]
    name, settings["NAME"] = settings["NAME"], str(path)
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = name
        connections["default"] = memory


@pytest.fixture
def world(database, repetition):
    """Return an empty world."""
    return World()
