"""Parts walked by others: the same plan, whoever comes, and nothing lost."""

import threading
import time

import numpy as np
import pytest

from planner.optimiser import FileError, Limits, check
from planner.optimiser.mip.mip_model import Held
from planner.optimiser.model.result import Status, Termination
from planner.optimiser.relaxation.subgradient import DualSolution
from planner.optimiser.search import remote_block
from planner.optimiser.search.pipeline import Outcome
from planner.optimiser.search.remote_block import (
    BlockFolder,
    BlockOutcome,
    BlockTask,
)
from tests.planner.optimiser.certificate.test_dual_bound import (
    cohort_of_two,
    course_fees,
)
from tests.planner.optimiser.search.test_decomposition import (
    crowd,
    solve_apart,
)

WORK = Limits(seconds=60, workers=1, work=300_000)


class Somebody(threading.Thread):
    """Takes every errand it can get until it is told to go home."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.home, self.taken = folder, threading.Event(), []

    def run(self):
        while not self.home.is_set():
            for path in sorted(self.folder.glob("[0-9]*-*")):
                if remote_block.claim(path, "somebody"):
                    remote_block.write_outcome(remote_block.read(path).search(), path)
                    self.taken.append(path.name)
            time.sleep(0.01)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.home.set()
        self.join()


class Reluctant(BlockFolder):
    """Waits for others as long as there is hope."""

    def claim(self, number):
        return False


def test_the_plan_is_the_same_whoever_walks(tmp_path):
    problem = crowd(300, np.random.default_rng(5))

    alone = solve_apart(problem, limits=WORK)
    with Somebody(tmp_path) as other:
        helped = solve_apart(problem, limits=WORK, helpers=Reluctant(tmp_path))

    assert other.taken == ["0-0", "0-1", "0-2"]
    assert np.array_equal(helped.plan.choice, alone.plan.choice)
    assert [t.bound for t in helped.tiers] == [t.bound for t in alone.tiers]
    assert (helped.status, helped.detail) == (alone.status, alone.detail)


def test_nobody_has_to_come(tmp_path):
    problem = crowd(300, np.random.default_rng(5))

    alone = solve_apart(problem, limits=WORK)
    waited = solve_apart(problem, limits=WORK, helpers=BlockFolder(tmp_path))

    assert np.array_equal(waited.plan.choice, alone.plan.choice)
    assert [(p / "claim").read_text() for p in sorted(tmp_path.iterdir())] == [
        "here"
    ] * 3


def test_who_never_answers_costs_no_more_than_the_time(tmp_path):
    """The plan of the beginning is there for the parts that somebody kept.

    Where that plan is the best already, the prices prove it: either end is right.
    """
    problem = crowd(300, np.random.default_rng(5))

    result = solve_apart(
        problem, limits=Limits(seconds=1, workers=1), helpers=Reluctant(tmp_path)
    )

    assert result.plan.num_placed > 0
    assert result.termination in {Termination.TIME, Termination.PROVED}
    assert check(problem, result).violations == ()


def test_an_errand_is_taken_by_exactly_one(tmp_path):
    (tmp_path / "0-0").mkdir()

    taken = [remote_block.claim(tmp_path / "0-0", who) for who in ("one", "other")]

    assert taken == [True, False]


def test_an_errand_can_be_written_and_read(tmp_path):
    problem = crowd(30, np.random.default_rng(6))
    value = np.arange(problem.num_options)
    start = np.full(problem.num_agents, -1)
    held = (Held(value, 5, 3), Held(value * 2, 7, None))
    limits = Limits(seconds=3, work=9, seed=4)
    given = BlockTask(problem, limits, start, held, branches=False)

    remote_block.write(given, tmp_path)
    found = remote_block.read(tmp_path)

    assert found.problem.digest == problem.digest
    assert (found.limits, found.branches) == (limits, False)
    assert np.array_equal(found.start, start)
    assert [(h.level, h.soft_scale) for h in found.held] == [(5, 3), (7, None)]
    assert all(
        np.array_equal(a.value, b.value) for a, b in zip(found.held, held, strict=True)
    )


def test_fees_of_an_outcome_can_be_written_and_read(tmp_path):
    problem, fees = cohort_of_two(), course_fees(2.0)
    prices = DualSolution(np.array([-1.0, 2.0]), np.zeros(0), 9.0, fees)
    outcome = Outcome(None, prices, Status.UNKNOWN, proven=False, bound=None)

    remote_block.write_outcome(BlockOutcome(outcome, 1, clocked=False), tmp_path)
    found = remote_block.read_outcome(tmp_path, problem).outcome.prices.fees

    arrays = found.option.tolist(), found.resource.tolist(), found.fee.tolist()
    assert arrays == ([0], [0], [2.0])
    other = problem.replace(resource_only_if_used=[False, False])
    with pytest.raises(FileError, match="fees of another problem"):
        remote_block.read_outcome(tmp_path, other)


def test_an_outcome_of_another_problem_is_refused(tmp_path):
    small, large = (crowd(n, np.random.default_rng(7)) for n in (30, 60))
    done = BlockTask(small, WORK).search()
    assert done.outcome.status is Status.OPTIMAL

    remote_block.write_outcome(done, tmp_path)

    assert np.array_equal(
        remote_block.read_outcome(tmp_path, small).outcome.choice, done.outcome.choice
    )
    with pytest.raises(FileError, match="a plan of another problem"):
        remote_block.read_outcome(tmp_path, large)
    (tmp_path / "outcome.npz").write_bytes(b"PK")
    with pytest.raises(FileError, match="not a whole NPZ archive"):
        remote_block.read_outcome(tmp_path, small)
