"""Work shared by two workers: parts of one run, runs of one batch; the same plans."""

import signal

import pytest

from . import sharing
from .farm import Farm

pytestmark = pytest.mark.timeout(3000)
WORK = 400_000_000
"""Units of search; what decides the plans here, never the clock."""
CLEARLY = 0.85
"""The share of the time of one worker within which two have to be done."""
TRIES = 2
"""Other work on the machine may meet one measurement and not the other."""


@pytest.fixture
def farm(tmp_path):
    """Return a farm with one worker, and a run in two parts that it has solved."""
    made = Farm(tmp_path, LOG_LEVEL="INFO")
    made.act("worlds_apart", "2", "4000", timeout=300)
    made.start_dispatcher()
    made.start_worker()
    made.act("ask", "1", "300", str(WORK))
    made.act("wait", "300", timeout=320)
    yield made
    made.close()


@pytest.mark.slow
def test_a_helper_that_dies_changes_nothing(farm):
    (run,) = farm.act("ask", "1", "300", str(WORK))["runs"]
    farm.wait_for(lambda s: s[run]["state"] == "running", seconds=60, every=0.1)
    helper = farm.start_worker()
    farm.wait_until(lambda: sharing.logged(farm, "part.claimed"), seconds=120)
    farm.send(helper, signal.SIGKILL)
    farm.act("wait", "300", timeout=320)
    (digests,) = farm.act("digests").values()
    assert len(digests) == 2
    assert len(set(digests)) == 1
    assert farm.act("states")[run]["parts"] == []
    assert farm.act("check")["wrong"] == []


@pytest.mark.stress
def test_two_workers_solve_the_parts_of_a_run_sooner(tmp_path):
    farm = sharing.part_farm(tmp_path)
    try:
        alone, shared = compared(farm, sharing.one_run)
        assert sharing.logged(farm, "part.claimed") >= 1
        assert farm.act("check")["wrong"] == []
    finally:
        farm.close()
    assert shared < CLEARLY * alone


@pytest.mark.stress
def test_two_workers_solve_a_batch_of_scenarios_sooner(tmp_path):
    farm = sharing.batch_farm(tmp_path)
    try:
        alone, shared = compared(farm, sharing.one_batch)
        found = [digests[0] for digests in farm.act("digests").values()]
        assert len(set(found)) == sharing.SCENARIOS, "scenarios say nothing"
        assert farm.act("check")["wrong"] == []
    finally:
        farm.close()
    assert shared < CLEARLY * alone


def compared(farm, once):
    """Return the best seconds of one worker and of two, which find the same plans."""
    seconds, plans = {1: [], 2: []}, None
    for _attempt in range(TRIES):
        for number in (1, 2):
            took = once(farm, number)
            print(took)
            seconds[number].append(took.seconds)
            plans = plans or took.digests
            assert took.digests == plans, "the plan depends on who helped"
        if min(seconds[2]) < CLEARLY * min(seconds[1]):
            break
    return min(seconds[1]), min(seconds[2])
