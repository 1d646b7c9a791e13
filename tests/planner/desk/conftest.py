"""Pages are shown over small worlds that were really solved."""

import pytest

from planner.allocation.decisions.approve import approve
from planner.allocation.decisions.publish import publish as publish_run
from planner.allocation.decisions.submit import submit
from tests.planner.allocation.conftest import (  # noqa: F401
    inline,
    plan,
    world,
)
from tests.planner.allocation.worlds import NOW


@pytest.fixture
def client(client):
    """A browser whose reader chose English; accounts read Indonesian otherwise."""
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def as_planner(client, world):  # noqa: F811
    """A browser of the world's planner."""
    client.force_login(world.planner)
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


@pytest.fixture
def publish(world):  # noqa: F811
    """Return a function that carries a plan to its offers through the verbs."""

    def carry(run):
        submit(run, by=world.planner, now=NOW)
        approve(run, digest=run.result_digest, by=world.approver, now=NOW)
        publish_run(run, by=world.planner, now=NOW)

    return carry
