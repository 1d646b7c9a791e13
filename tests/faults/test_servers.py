"""Brokers and databases that die, freeze and come back; messages nobody sent."""

import time

import pytest

from .farm import Farm
from .servers import Postgres, Rabbit, Redis

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
RUNNING = "running"


@pytest.fixture(params=["redis", "rabbit"])
def broker(request, tmp_path):
    """Return a broker of our own: Redis, then RabbitMQ."""
    folder = tmp_path / request.param
    folder.mkdir()
    server = {"redis": Redis, "rabbit": Rabbit}[request.param](folder)
    yield server
    server.remove()


@pytest.fixture
def farm_on_broker(tmp_path, broker):
    """Return a farm whose bell is a server."""
    folder = tmp_path / "farm"
    folder.mkdir()
    farm = Farm(folder, **broker.environment)
    farm.start_dispatcher()
    farm.start_worker()
    yield farm
    farm.close()


def test_a_broker_that_died_keeps_nobody_waiting(farm_on_broker, broker):
    farm_on_broker.act("world")
    broker.kill()
    asked = farm_on_broker.act("ask", "2")
    assert asked["seconds"] < 10
    broker.start()
    states = farm_on_broker.wait_for(farm_on_broker.all_ended, seconds=120)
    assert {run["state"] for run in states.values()} == {"solved"}
    assert farm_on_broker.act("check")["wrong"] == []


def test_a_frozen_broker_hangs_no_request(farm_on_broker, broker):
    farm_on_broker.act("world")
    broker.freeze()
    asked = farm_on_broker.act("ask", "1")
    assert asked["seconds"] < 10
    time.sleep(5)
    broker.thaw()
    farm_on_broker.wait_for(farm_on_broker.all_ended, seconds=120)
    assert farm_on_broker.act("check")["wrong"] == []


def test_a_broker_that_dies_under_a_run_ends_it_once(farm_on_broker, broker):
    farm_on_broker.act("worlds_apart", "1", "4000")
    farm_on_broker.act("ask", "6", "15")
    farm_on_broker.wait_for(
        lambda states: RUNNING in {run["state"] for run in states.values()},
        seconds=90,
        every=0.1,
    )
    broker.kill()
    time.sleep(3)
    broker.start()
    states = farm_on_broker.wait_for(farm_on_broker.all_ended, seconds=240, every=2)
    assert {run["state"] for run in states.values()} == {"solved"}
    assert farm_on_broker.act("check")["wrong"] == []


def test_duplicate_and_forged_messages_serve_a_run_once(farm_on_broker):
    farm_on_broker.act("world")
    (run,) = farm_on_broker.act("ask", "1")["runs"]
    farm_on_broker.act("forge", run, "60")
    states = farm_on_broker.wait_for(farm_on_broker.all_ended, seconds=120)
    assert (states[run]["state"], states[run]["attempt"]) == ("solved", 1)
    time.sleep(3)
    assert farm_on_broker.act("check")["wrong"] == []


@pytest.fixture
def farm_on_postgres(tmp_path):
    """Return a farm on a PostgreSQL cluster of our own."""
    server = Postgres()
    folder = tmp_path / "farm"
    folder.mkdir()
    farm = Farm(folder, **server.environment)
    farm.server = server
    yield farm
    farm.close()
    server.remove()


def test_a_database_that_crashed_loses_no_run(farm_on_postgres):
    farm = farm_on_postgres
    farm.act("worlds_apart", "1", "4000")
    farm.start_dispatcher()
    farm.start_worker()
    (run,) = farm.act("ask", "1", "30")["runs"]
    farm.wait_for(lambda s: s[run]["state"] == RUNNING, seconds=60, every=0.1)
    time.sleep(2)
    farm.server.crash()
    time.sleep(1)
    farm.server.start()
    states = farm.wait_for(farm.all_ended, seconds=120)
    assert states[run]["state"] == "solved"
    assert farm.act("check")["wrong"] == []
