"""A disk that is full when a plan is to be recorded: nothing lost, nothing half."""

import pytest

from .farm import Farm
from .servers import Postgres, SmallDisk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def sqlite_farm(tmp_path):
    """Return a farm whose database alone is on a small disk, and that disk."""
    disk = SmallDisk(64)
    farm = Farm(tmp_path, DATABASE_URL=f"sqlite:///{disk.folder}/db.sqlite3")
    yield farm, disk
    farm.close()
    disk.remove()


@pytest.fixture
def postgres_farm(tmp_path):
    """Return a farm whose proposals alone are on a small disk, and that disk."""
    server, disk = Postgres(), SmallDisk(1, owner="postgres")
    farm = Farm(tmp_path, **server.environment)
    farm.act("keep_proposals_on", str(disk.folder))
    yield farm, disk
    farm.close()
    server.remove()
    disk.remove()


def test_postgres_says_that_the_disk_is_full_and_records_nothing(postgres_farm):
    farm, disk = postgres_farm
    farm.act("world")
    (run,) = farm.act("ask", "1")["runs"]
    disk.fill()
    farm.start_worker()
    # There is no dispatcher: after the first attempt nobody rings for another.
    states = farm.wait_for(lambda s: s[run]["detail"], seconds=120)
    assert states[run]["state"] == "queued"
    assert states[run]["attempt"] == 1
    assert "No space left" in states[run]["detail"]
    assert_nothing_is_recorded(farm, states[run])
    disk.free()
    assert_it_ends_well(farm, run)


def test_sqlite_on_a_full_disk_loses_no_run(sqlite_farm):
    farm, disk = sqlite_farm
    farm.act("worlds_apart", "1", "4000", timeout=300)
    (run,) = farm.act("ask", "1", "15")["runs"]
    worker = farm.start_worker()
    farm.wait_for(lambda s: s[run]["incumbent"] is not None, seconds=120, every=0.1)
    disk.fill()
    log = farm.folder / f"log-{farm.processes.index(worker)}"
    farm.wait_until(lambda: "run.attempt_failed" in log.read_text(), seconds=120)
    assert "full" in log.read_text()
    # Not even that the attempt is over could be written: the lease says when it is.
    states = farm.act("states")
    assert states[run]["state"] == "running"
    assert_nothing_is_recorded(farm, states[run])
    disk.free()
    assert_it_ends_well(farm, run)


def assert_nothing_is_recorded(farm, run):
    """Whatever belongs to a plan is absent, and what is there holds together."""
    assert run["proposals"] == 0
    assert run["digest"] == ""
    assert not run["has_plan"]
    assert farm.act("check")["wrong"] == []


def assert_it_ends_well(farm, run):
    """With room, the next attempt records the plan."""
    farm.start_dispatcher()
    states = farm.wait_for(farm.all_ended, seconds=180)
    assert states[run]["state"] == "solved"
    assert states[run]["attempt"] == 2
    assert states[run]["proposals"] > 0
    assert farm.act("check")["wrong"] == []
