"""What the search sees of the tree: ask for a proof, get prices, fees and a tree.

A small problem is settled here and now; a larger one has a process that goes on from
basis to basis. Nothing that comes back is believed: the plan is checked, the tree is
read by the checker, the prices are priced again.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from planner.optimiser.certificate.check import feasible
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.certificate.node import Question
from planner.optimiser.certificate.proof_tree import TreeError, read_prices, verify
from planner.optimiser.files.instance import write_instance
from planner.optimiser.model.parameters import ProofParameters
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.tree.engine import Failed
from planner.optimiser.tree.exchange import Exchange
from planner.optimiser.tree.glop import Glop
from planner.optimiser.tree.search import NOTHING, Search, as_stated, told

POLL = 0.01

KEPT = 1.0
"""Seconds, or a tenth of them, kept back to write down and read what there is."""

LATE = 2.0
"""Seconds that a process may need to write down what it has when its time is up."""


@dataclass(frozen=True, eq=False)
class Proof:
    """What came of asking.

    Attributes
    ----------
    choice
        A better plan than the one that was to be proven, or None.
    prices
        Prices and fees of the root, or None.
    tree
        A tree that the checker accepts, or None.
    bound
        What the tree proves; None also where it proves that there is no plan.
    closed
        Whether the tree proves the best plan known, or that there is none.
    """

    choice: IntArray | None = None
    prices: Prices | None = None
    tree: dict[str, Any] | None = None
    bound: int | None = None
    closed: bool = False


class Prover:
    """Grows trees for one problem; use it as a context, its process ends with it."""

    def __init__(self, problem: Problem, tuned: ProofParameters) -> None:
        self.problem, self.tuned = problem, tuned
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._tasks = 0
        self._begun: tuple[dict[str, Any], Exchange] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()

    def begin(self, *, seconds: float, seed: int) -> None:
        """Begin with the first tier, of which no plan is known: branch and cut looks
        for plans beside the tree."""
        task = _task(0, (), NOTHING, seconds) | {"plans": True, "seed": seed}
        self._begun = task, self._give(task)

    @property
    def is_at_work(self) -> bool:
        """Whether what was begun has no answer yet, and may still get one."""
        if self._begun is None:
            return False
        answered = self._begun[1].path("answer.json").exists()
        return not answered and self._lives()

    def news(self) -> IntArray | None:
        """Return the best plan that has been found, where it is new."""
        choice = None if self._begun is None else self._begun[1].news("plan.npy")
        return choice if choice is None or feasible(self.problem, choice) else None

    def rest(self, *, whole: bool) -> None:
        """Look for no more plans, and (`whole`) let the tree wait until it is asked."""
        if self.is_at_work and self._begun is not None:
            task, files = self._begun
            files.write("enough.json", task["until"])
            if whole:
                self._signal(signal.SIGSTOP)

    def prove(
        self,
        tier: int | None,
        levels: Sequence[int],
        value: int | None,
        *,
        seconds: float,
        stop: Callable[[], bool],
        most_nodes: int | None = None,
        choice: IntArray | None = None,
    ) -> Proof:
        """Grow a tree for one tier, or (None) for the question whether any plan is.

        `choice` is the plan known; a tree that has begun already is told of it.
        """
        if self._begun is not None and tier == 0:
            return self._go_on(choice, seconds, stop, most_nodes)
        task = _task(tier, levels, value, seconds, most_nodes)
        if self.problem.num_options <= self.tuned.here_options:
            record, choice = self._here(task, min(seconds, self.tuned.here_seconds))
            proof = self._read(task, record, choice)
            if proof.closed or most_nodes == 0:
                return proof
        record, choice = self._there(task, self._give(task), stop)
        return self._read(task, record, choice)

    def _go_on(
        self,
        choice: IntArray | None,
        seconds: float,
        stop: Callable[[], bool],
        most_nodes: int | None,
    ) -> Proof:
        """Wait for what was begun; its own roots come with its tree."""
        assert self._begun is not None
        if most_nodes == 0:
            return Proof()
        task, files = self._begun
        if choice is not None:
            files.save("known.npy", choice)
        task["until"] = min(task["until"], time.time() + _grows(seconds))
        files.write("enough.json", task["until"])
        self._signal(signal.SIGCONT)
        record, found = self._there(task, files, stop)
        self._begun = None
        return self._read(task, record, found)

    def _signal(self, number: int) -> None:
        """Send a signal to the process and to what it has started."""
        if self._process is not None and self._lives():
            os.killpg(self._process.pid, number)

    def _lives(self) -> bool:
        """Whether the process has not ended; if it has, so must what it has started."""
        if self._process is not None and self._process.poll() is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None
        return self._process is not None

    def _here(
        self, task: dict[str, Any], seconds: float
    ) -> tuple[dict[str, Any] | None, IntArray | None]:
        question = Question(self.problem, task["tier"], task["levels"])
        search = Search(
            question, Glop(), task["value"], time.time() + seconds,
            most_nodes=task["most_nodes"],
        )  # fmt: skip
        try:
            closed = search.run()
        except Failed:
            closed = False
        root = None if search.root is None else told(search.root)
        return {"closed": closed, "tree": search.tree(), "root": root}, search.choice

    def _give(self, task: dict[str, Any]) -> Exchange:
        """Hand a task to the process."""
        files = Exchange(self._start(), self._tasks)
        self._tasks += 1
        files.write("task.json", task)
        return files

    def _there(
        self, task: dict[str, Any], files: Exchange, stop: Callable[[], bool]
    ) -> tuple[dict[str, Any] | None, IntArray | None]:
        while (record := files.read("answer.json")) is None:
            late = time.time() > task["until"] + LATE
            if late or stop() or not self._lives():
                break
            time.sleep(POLL)
        files.seen = 0
        return record, files.news("plan.npy")

    def _start(self) -> Path:
        """Start the process, once."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="tree-", ignore_cleanup_errors=True
            )
            folder = Path(self._folder.name)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "planner.optimiser.tree.worker", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
            write_instance(self.problem, folder / "problem.part.npz")
            (folder / "problem.part.npz").replace(folder / "problem.npz")
        return Path(self._folder.name)

    def _read(
        self,
        task: dict[str, Any],
        record: dict[str, Any] | None,
        choice: IntArray | None,
    ) -> Proof:
        """Take what was found for what it is worth."""
        if choice is not None and not feasible(self.problem, choice):
            choice = None
        if record is None:
            return Proof(choice=choice)
        tier, levels = task["tier"], task["levels"]
        prices = None
        if record["root"] is not None and tier is not None:
            question = Question(self.problem, tier, levels)
            root = read_prices(question, record["root"])
            prices = as_stated(self.problem, root, tier)
        tree, bound, closed = record["tree"], None, False
        if tree is not None:
            try:
                proven = verify(self.problem, tree, tier=tier or 0, levels=levels)
                bound, closed = proven.bound, bool(record["closed"])
            except TreeError:
                tree = None
        return Proof(choice, prices, tree, bound, closed and tree is not None)


def _task(
    tier: int | None,
    levels: Sequence[int],
    value: int | None,
    seconds: float,
    most_nodes: int | None = None,
) -> dict[str, Any]:
    """Return a task as the process reads it."""
    return {
        "tier": tier,
        "levels": list(levels),
        "value": value,
        "until": time.time() + _grows(seconds),
        "most_nodes": most_nodes,
        "plans": False,
    }


def _grows(seconds: float) -> float:
    """Return how long a tree may grow, so that it is written down and read in time."""
    return seconds - min(KEPT, 0.1 * seconds)


ROOT = Path(__file__).parents[3]
"""Where `planner` is imported from."""
