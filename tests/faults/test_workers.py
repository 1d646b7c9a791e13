"""Workers that are killed, frozen or overtaken: no run lost, none ended twice."""

import random
import signal
import time

import pytest

from .farm import Farm

RUNNING = "running"


def test_a_killed_worker_loses_no_run(farm):
    farm.start_dispatcher()
    worker = farm.start_worker()
    run = farm.act("strike", str(worker.pid))["run"]
    worker.wait()
    farm.start_worker()
    states = farm.wait_for(farm.all_ended, seconds=90)
    assert states[run]["state"] == "solved"
    assert states[run]["attempt"] == 2
    assert farm.act("check")["wrong"] == []


@pytest.fixture
def busy(tmp_path):
    """Return a farm with a worker, and a problem that takes a while."""
    made = Farm(tmp_path)
    made.act("worlds_apart", "1", "4000", timeout=300)
    made.start_dispatcher()
    made.worker = made.start_worker()
    yield made
    made.close()


@pytest.mark.slow
def test_a_frozen_worker_is_overtaken_and_fenced(busy):
    (run,) = busy.act("ask", "1", "15")["runs"]
    busy.wait_for(lambda s: s[run]["state"] == RUNNING, seconds=60, every=0.1)
    busy.send(busy.worker, signal.SIGSTOP)
    busy.start_worker()
    states = busy.wait_for(busy.all_ended, seconds=150)
    assert states[run]["attempt"] == 2
    busy.send(busy.worker, signal.SIGCONT)
    time.sleep(5)
    assert busy.act("check")["wrong"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("phase", "plan"),
    [("snapshot", ""), ("solving", ""), ("solving", "plan"), ("record", "")],
)
def test_a_run_is_stopped_within_seconds(busy, phase, plan):
    seconds = "8" if phase == "record" else "600"
    found = busy.act("cancel_when", phase, plan, "0.1", seconds, timeout=200)
    print(found)
    assert found["seconds"] < (60 if found["has_plan"] else 5)
    assert found["state"] == ("solved" if found["has_plan"] else "cancelled")
    if (phase, plan) != ("solving", ""):  # there the first plan may just have come
        assert found["has_plan"] == (plan == "plan" or phase == "record")
    assert busy.act("check")["wrong"] == []


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_fifty_faults_at_random_moments(farm):
    chance = random.Random(20270401)
    farm.start_dispatcher()
    workers = [farm.start_worker(), farm.start_worker()]
    farm.act("ask", "20", "2")
    for _ in range(50):
        time.sleep(chance.uniform(0.5, 4))
        victim = chance.randrange(2)
        if chance.random() < 0.6:
            farm.send(workers[victim], signal.SIGKILL)
            workers[victim] = farm.start_worker()
        else:
            farm.send(workers[victim], signal.SIGSTOP)
            time.sleep(chance.uniform(1, 9))
            farm.send(workers[victim], signal.SIGCONT)
    states = farm.wait_for(farm.all_ended, seconds=600, every=2)
    assert len(states) == 20
    assert all(run["state"] == "solved" or run["detail"] for run in states.values()), (
        states
    )
    assert farm.act("check")["wrong"] == []


@pytest.mark.slow
def test_two_publish_at_once_and_one_is_killed(farm):
    chance = random.Random(7)
    farm.start_worker()
    farm.act("ask", "1")
    farm.wait_for(farm.all_ended, seconds=90)
    run = farm.act("approve")["run"]
    for _ in range(6):
        both = [farm.start_acting("publish", run) for _ in range(2)]
        time.sleep(chance.uniform(1.0, 4.0))
        farm.send(both[0], signal.SIGKILL)
        both[1].wait(timeout=60)
        assert farm.act("check")["wrong"] == []
    farm.act("publish", run)
    found = farm.act("check")
    assert found == {"wrong": [], "publications": 1}


@pytest.mark.slow
def test_two_plans_of_one_intake_are_published_at_once(farm):
    farm.start_worker()
    farm.act("ask", "2")
    farm.wait_for(farm.all_ended, seconds=90)
    runs = [farm.act("approve")["run"] for _ in range(2)]
    both = [farm.start_acting("publish", run) for run in runs]
    for process in both:
        assert process.wait(timeout=60) == 0
    assert farm.act("check") == {"wrong": [], "publications": 1}
    states = farm.act("states")
    assert sorted(states[run]["state"] for run in runs) == ["approved", "published"]
