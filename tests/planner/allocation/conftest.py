"""Runs of these tests are served in the test's own process: a child costs seconds.

What a child process adds (its end, its memory, its progress) is tested in
``test_supervision.py`` and in ``tests/faults``, with real processes.
"""

import json
import threading
from dataclasses import asdict

import pytest

from planner.allocation.solving import child, execute, supervision
from planner.optimiser.files.result_reader import read_claim

from .worlds import World, fresh


@pytest.fixture
def world(db):
    """Return an empty world."""
    return World()


def solve_here(problem, limits, *, lease, folder, warm=None, alone=False):
    """Solve in this process, as ``supervision.solve`` does in a child."""
    if warm is not None:
        (folder / "warm.i64").write_bytes(warm.astype("<i8").tobytes())
    child.solve(folder, asdict(limits), threading.Event())
    return supervision.Solved(
        claim=read_claim(problem, folder / "result.npz"),
        about=json.loads((folder / "about.json").read_text()),
        content=(folder / "result.npz").read_bytes(),
    )


@pytest.fixture
def inline(monkeypatch):
    """Solve without a child process."""
    monkeypatch.setattr(supervision, "solve", solve_here)


@pytest.fixture
def plan(world, inline):
    """Return a function that runs the world and gives the finished run."""

    def plan(**limits):
        run = world.run(**limits)
        execute.execute(run.pk)
        return fresh(run)

    return plan
