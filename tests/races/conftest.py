"""Several connections to one database, on PostgreSQL and on SQLite.

Each race runs three times, in a copy of the world that it starts from: a plan is solved
and published once, and no table is emptied. ``make races`` sets RACES=50.
"""

import os
from contextlib import ExitStack
from copy import deepcopy

import pytest
from django.core.cache import caches

from tests.connections import using
from tests.planner.allocation.conftest import inline  # noqa: F401
from tests.planner.allocation.worlds import World

from .databases import Databases

TIMES = int(os.environ.get("RACES", "3"))


def pytest_generate_tests(metafunc):
    """Run each race several times: what goes well once may be luck."""
    if "prepare" in metafunc.fixturenames:
        metafunc.parametrize("repetition", range(TIMES))


def pytest_collection_modifyitems(items):
    """Ask for the test database: races copy it, and leave it as it is."""
    for item in items:
        if "prepare" in item.fixturenames:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def databases(django_db_setup, django_db_blocker, tmp_path_factory):
    """Return where databases are copied; all of them are gone at the end."""
    with django_db_blocker.unblock():
        databases = Databases(tmp_path_factory.mktemp("races"))
        yield databases
        databases.drop_all()


@pytest.fixture(scope="session")
def worlds():
    """Return {how a world is built: (its database, the world)}, filled by races."""
    return {}


@pytest.fixture
def prepare(databases, worlds, inline, repetition):  # noqa: F811
    """Return a function that gives the world which ``build(world)`` has changed.

    It is built once a session. The race acts in a copy of its database, and what an
    earlier one has asked of the API is not counted against it.
    """
    for cache in caches.all(initialized_only=False):
        cache.clear()
    with ExitStack() as stack:

        def prepare(build):
            if build not in worlds:
                worlds[build] = built(databases, build)
            name, world = worlds[build]
            copy = databases.copy(name)
            stack.callback(databases.drop, copy)
            stack.enter_context(using(copy))
            return deepcopy(world)

        yield prepare


def built(databases, build):
    """Return a new database, and the world that was built in it."""
    name = databases.copy(databases.empty)
    with using(name):
        world = World()
        build(world)
    return name, world
