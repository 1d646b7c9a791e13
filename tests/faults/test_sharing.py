"""Work shared by two workers: parts of one run, runs of one batch; the same plans."""

import signal
import time

import pytest

from .farm import Farm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
WORK = 8_000_000_000
"""Units of search; what decides the plans here, never the clock."""


@pytest.fixture
def farm(tmp_path):
    """Return a farm with one worker."""
    made = Farm(tmp_path, LOG_LEVEL="INFO")
    made.start_dispatcher()
    made.start_worker()
    yield made
    made.close()


def logged(farm, event):
    """Return how often any process has logged an event."""
    logs = [path.read_text() for path in farm.folder.glob("log-*")]
    return sum(log.count(f'"{event}"') for log in logs)


def ended(farm, *action):
    """Do something that asks for runs; return (seconds, states) when all have ended."""
    farm.act(*action)
    began = time.monotonic()
    states = farm.act("wait", "300", timeout=320)
    assert {run["state"] for run in states.values()} == {"solved"}, states
    return time.monotonic() - began, states


def test_parts_of_a_run_are_shared(farm):
    farm.act("worlds_apart", "2", "12000", timeout=300)
    alone, _states = ended(farm, "ask", "1", "300", str(WORK))
    farm.start_worker()
    time.sleep(5)
    shared, states = ended(farm, "ask", "1", "300", str(WORK))
    print(f"one worker {alone:.1f} s, two workers {shared:.1f} s")
    solving = [round(run["solve_seconds"], 1) for run in states.values()]
    print(f"of that solving: shared {solving[0]}, alone {solving[1]}")
    (digests,) = farm.act("digests").values()
    assert len(digests) == 2
    assert len(set(digests)) == 1, "the plan depends on who helped"
    # What it saves is printed and not asserted: a part of some seconds saves little.
    assert logged(farm, "part.claimed") >= 1
    assert farm.act("check")["wrong"] == []


def test_a_helper_that_dies_changes_nothing(farm):
    farm.act("worlds_apart", "2", "12000", timeout=300)
    ended(farm, "ask", "1", "300", str(WORK))
    (run,) = farm.act("ask", "1", "300", str(WORK))["runs"]
    farm.wait_for(lambda s: s[run]["state"] == "running", seconds=60, every=0.1)
    helper = farm.start_worker()
    deadline = time.monotonic() + 60
    while not logged(farm, "part.claimed") and time.monotonic() < deadline:
        time.sleep(0.1)
    farm.send(helper, signal.SIGKILL)
    farm.act("wait", "300", timeout=320)
    (digests,) = farm.act("digests").values()
    assert len(digests) == 2
    assert len(set(digests)) == 1
    assert farm.act("states")[run]["parts"] == []
    assert farm.act("check")["wrong"] == []


def test_a_batch_of_scenarios_is_shared(farm):
    farm.act("worlds_apart", "1", "4000", timeout=300)
    farm.act("scenarios", "4")
    alone, _states = ended(farm, "batch", str(WORK))
    farm.start_worker()
    time.sleep(5)
    shared, _states = ended(farm, "batch", str(WORK))
    print(f"four scenarios: one worker {alone:.1f} s, two workers {shared:.1f} s")
    digests = farm.act("digests")
    assert len(digests) == 4
    assert all(len(set(found)) == 1 for found in digests.values()), digests
    assert len({found[0] for found in digests.values()}) == 4, "scenarios say nothing"
    assert shared < alone
    assert farm.act("check")["wrong"] == []
