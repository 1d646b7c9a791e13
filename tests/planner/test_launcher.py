"""Children of `serve`: restarted when they die, stopped through their leader."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from planner.launcher import LONGEST_PAUSE_SECONDS, Child, children

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
STUBBORN = [sys.executable, "-c", DEAF]


@pytest.fixture
def child():
    """Hand out a child, and end what is left of it."""
    made = []

    def make(command):
        made.append(Child("worker", command))
        return made[-1]

    yield make
    for one in made:
        one.stop()
        one.wait(0.1)


def wait_for(condition, seconds=10):
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_child_starts_once_and_runs_in_its_own_session(child):
    sleeper = child(SLEEP)
    assert sleeper.tend(0) is None
    first = sleeper.process.pid
    assert sleeper.tend(1) is None
    assert sleeper.process.pid == first
    assert os.getsid(first) == first


def test_a_child_that_dies_is_started_again_after_a_growing_pause(child):
    failing = child(FAIL)
    pauses = []
    now = 0.0
    for _ in range(6):
        failing.tend(now)
        failing.process.wait()
        assert failing.tend(now) == 3
        assert failing.tend(now) is None
        assert failing.process is None
        pauses.append(failing.next_start - now)
        now = failing.next_start
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1] == LONGEST_PAUSE_SECONDS


def test_stopping_ends_a_willing_child(child):
    sleeper = child(SLEEP)
    sleeper.tend(0)
    sleeper.stop()
    assert sleeper.wait(10)
    assert sleeper.process.returncode == -signal.SIGTERM


def test_a_stubborn_child_is_ended_when_its_time_is_over(child):
    stubborn = child(STUBBORN)
    stubborn.tend(0)
    time.sleep(0.5)
    stubborn.stop()
    assert not stubborn.wait(0.2)
    assert stubborn.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_children_end_when_the_launcher_is_killed(tmp_path):
    note = tmp_path / "pid"
    script = (
        "import sys, time; from planner.launcher import Child;"
        f"c = Child('x', {SLEEP!r}); c.start();"
        f"time.sleep(0.5); open({str(note)!r}, 'w').write(str(c.process.pid));"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    wait_for(lambda: note.exists() and note.read_text())
    pid = int(note.read_text())
    parent.kill()
    parent.wait()
    wait_for(lambda: not alive(pid))


def alive(pid):
    """Return whether a process is there and no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_worker_and_dispatcher_stand_beside_the_web_server():
    worker, dispatcher = children(jobs=3)
    queues = worker.command[worker.command.index("--queues") + 1].split(",")
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert set(queues) == {settings.CELERY_TASK_DEFAULT_QUEUE, *routed}
    assert worker.command[worker.command.index("--concurrency") + 1] == "3"
    assert worker.environment["REMAP_SIGTERM"] == "SIGQUIT"
    assert dispatcher.command[-1] == "dispatch"
