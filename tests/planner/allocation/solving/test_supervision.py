"""The child that solves: watched, stopped, salvaged, never outliving its supervisor."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from planner.allocation.solving import child, supervision
from planner.jobs import leases
from planner.optimiser import Limits, Problem
from planner.optimiser.files.instance import write_instance
from planner.optimiser.model.problem import pointers

pytestmark = pytest.mark.django_db

STUBBORN = """
import sys, time
from pathlib import Path
folder = Path(sys.argv[1])
(folder / "plan.i64").write_bytes((0).to_bytes(8, "little", signed=True))
(folder / ".draft").write_text(
    '{"phase": "search", "seconds": 1.0, "incumbent": 7, "bound": 9}'
)
(folder / ".draft").replace(folder / "progress.json")
time.sleep(60)
"""
"""A child that finds a plan, and then listens to nobody."""


SUPERVISOR = """
import subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-m", "planner.allocation.solving.child", sys.argv[1]],
    stdin=subprocess.PIPE,
)
print(child.pid, flush=True)
time.sleep(60)
"""


def one_seat():
    """Return the smallest problem there is: one person, one seat, worth 7."""
    hard = np.full(1, -1)
    return Problem(
        agent_must=np.zeros(1, bool),
        option_agent=np.zeros(1, np.int32),
        option_value=np.array([7]),
        use_ptr=pointers(np.array([1])),
        use_resource=np.zeros(1, np.int32),
        use_amount=np.array([1]),
        resource_upper=np.array([1]),
        resource_lower=np.array([0]),
        resource_only_if_used=np.zeros(1, bool),
        resource_shortfall_price=hard,
        resource_excess_price=hard,
        supply_upper=np.zeros(0, np.int64),
        supply_ptr=np.zeros(2, np.int64),
        supply_index=np.zeros(0, np.int32),
    )


@pytest.fixture
def lease(world):
    """Return the lease of a run that somebody serves."""
    world.person(world.slot())
    return leases.claim(world.run().pk, worker="test")


@pytest.fixture
def folder(tmp_path):
    """Return a folder with the smallest problem."""
    write_instance(one_seat(), tmp_path / "problem.npz")
    return tmp_path


def child_of(monkeypatch, script):
    """Let supervision start this script instead of the solver."""

    def start(folder):
        with (folder / "stderr").open("wb") as stderr:
            return subprocess.Popen(
                [sys.executable, "-c", script, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )

    monkeypatch.setattr(supervision, "start", start)


def wait_for(path):
    """Wait until a child has written a file."""
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.02)


def test_a_child_solves_and_reports(lease, folder):
    problem = one_seat()
    solved = supervision.solve(problem, Limits(seconds=20), lease=lease, folder=folder)
    assert solved.claim.choice.tolist() == [0]
    assert solved.claim.objective == 7
    assert solved.about["versions"]
    assert lease.mine().get().progress["phase"]


def test_a_cancelled_child_that_does_not_listen_is_ended_with_its_plan(
    lease, folder, monkeypatch
):
    child_of(monkeypatch, STUBBORN)
    monkeypatch.setattr(supervision, "PATIENCE", 1)
    started = supervision.start

    def start(folder):
        child = started(folder)
        wait_for(folder / "progress.json")
        lease.mine().update(cancel_requested=True)
        return child

    monkeypatch.setattr(supervision, "start", start)
    began = time.monotonic()
    solved = supervision.solve(
        one_seat(), Limits(seconds=60), lease=lease, folder=folder
    )
    assert time.monotonic() - began < 5
    assert solved.claim.choice.tolist() == [0]
    assert solved.claim.termination == "stopped"
    assert lease.mine().get().progress["incumbent"] == 7


def test_a_cancelled_child_without_a_plan_is_ended_at_once(lease, folder, monkeypatch):
    child_of(monkeypatch, "import time; time.sleep(60)")
    lease.mine().update(cancel_requested=True)
    began = time.monotonic()
    with pytest.raises(leases.Cancelled):
        supervision.solve(one_seat(), Limits(seconds=60), lease=lease, folder=folder)
    assert time.monotonic() - began < 2


def test_a_child_that_is_killed_leaves_its_plan(lease, folder, monkeypatch):
    child_of(monkeypatch, STUBBORN + "\n")
    started = supervision.start

    def start_and_kill(folder):
        child = started(folder)
        wait_for(folder / "progress.json")
        child.kill()
        return child

    monkeypatch.setattr(supervision, "start", start_and_kill)
    with pytest.raises(supervision.SolveDied, match="killed") as died:
        supervision.solve(one_seat(), Limits(seconds=60), lease=lease, folder=folder)
    assert died.value.choice.tolist() == [0]
    kept = supervision.after_crash(one_seat(), folder, died.value)
    assert (kept.claim.status, kept.claim.termination) == ("feasible", "crashed")
    assert "SIGKILL" in kept.about["detail"]
    assert kept.crashed


def test_a_child_that_never_ends_is_ended_with_its_plan(lease, folder, monkeypatch):
    child_of(monkeypatch, STUBBORN)
    monkeypatch.setattr(supervision, "GRACE", 0)
    solved = supervision.solve(
        one_seat(), Limits(seconds=0.5), lease=lease, folder=folder
    )
    assert solved.claim.choice.tolist() == [0]
    assert solved.claim.termination == "time"
    assert solved.about["detail"] == supervision.LATE


def test_a_child_goes_on_from_an_earlier_plan(lease, folder):
    warm = np.array([0])
    supervision.solve(
        one_seat(), Limits(seconds=20), lease=lease, folder=folder, warm=warm
    )
    assert child.warm_start(folder).tolist() == [0]
    assert supervision.best_plan(folder).tolist() == [0]


def test_a_child_that_dies_without_a_plan_says_how(lease, folder, monkeypatch):
    child_of(monkeypatch, "raise SystemExit('no licence')")
    with pytest.raises(supervision.SolveDied, match="no licence"):
        supervision.solve(one_seat(), Limits(seconds=9), lease=lease, folder=folder)


def test_a_child_without_memory_says_so(lease, folder, settings):
    settings.ALLOCATION_MAX_MEGABYTES = 120
    with pytest.raises(supervision.SolveDied, match=r"memory|failed"):
        supervision.solve(one_seat(), Limits(seconds=9), lease=lease, folder=folder)


def test_a_fenced_supervisor_ends_its_child(lease, folder, monkeypatch):
    child_of(monkeypatch, STUBBORN)
    children = []
    started = supervision.start

    def start(folder):
        children.append(started(folder))
        return children[0]

    monkeypatch.setattr(supervision, "start", start)
    lease.mine().update(attempt=lease.attempt + 1)
    with pytest.raises(leases.Fenced):
        supervision.solve(one_seat(), Limits(seconds=60), lease=lease, folder=folder)
    assert children[0].poll() == -signal.SIGKILL


def test_a_child_dies_with_its_supervisor(folder):
    (folder / "limits.json").write_text(
        json.dumps({"seconds": 60, "megabytes": 16_000})
    )
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SUPERVISOR,
            str(folder),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    child = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    deadline = time.monotonic() + 10
    while alive(child):
        assert time.monotonic() < deadline, "the child outlived its supervisor"
        time.sleep(0.05)


def test_what_killed_workers_left_behind_is_swept_away(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    left = tmp_path / "solves" / "left"
    left.mkdir(parents=True)
    with supervision.scratch() as folder:
        assert left.exists()
        assert folder.is_dir()
    os.utime(left, (0, 0))
    with supervision.scratch():
        assert not left.exists()
    assert not folder.exists()


def test_the_child_imports_no_framework():
    program = (
        "import sys; import planner.allocation.solving.child; "
        "print([n for n in ('django', 'celery', 'ortools') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def alive(pid):
    """Return whether a process runs (one that ended but waits to be read does not)."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
