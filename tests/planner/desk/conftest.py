"""Pages are shown over small worlds that were really solved."""

import pytest

from tests.planner.allocation.conftest import (  # noqa: F401
    inline,
    plan,
    world,
)


@pytest.fixture
def client(client):
    """A browser whose reader chose English; accounts read Indonesian otherwise."""
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def solved(world, plan):  # noqa: F811
    """Return a run with one person placed, one waiting, and one who does not fit."""
    slot = world.slot(seats=1)
    world.strong = world.person(slot, merit=90)
    world.weak = world.person(slot, merit=20)
    world.slot_ = slot
    source = world.source("state", 50_000_000)
    world.cost(10_000_000, source)
    return plan()
