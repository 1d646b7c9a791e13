"""What the search sees of the tree: ask for a proof, get prices, fees and a tree.

A small problem is settled here and now; a larger one has a process that goes on from
basis to basis. Nothing that comes back is believed: the plan is checked, the tree is
read by the checker, the prices are priced again.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from planner.optimiser.certificate.check import feasible
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.certificate.node import Question
from planner.optimiser.certificate.proof_tree import TreeError, read_prices, verify
from planner.optimiser.files.instance import write_instance
from planner.optimiser.model.parameters import ProofParameters
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.tree.engine import Failed
from planner.optimiser.tree.glop import Glop
from planner.optimiser.tree.search import Search, as_stated, told

POLL = 0.02

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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()

    def prove(
        self,
        tier: int | None,
        levels: Sequence[int],
        value: int | None,
        *,
        seconds: float,
        stop: Callable[[], bool],
        most_nodes: int | None = None,
    ) -> Proof:
        """Grow a tree for one tier, or (None) for the question whether any plan is."""
        task = {
            "tier": tier,
            "levels": list(levels),
            "value": value,
            "until": time.time() + seconds - min(KEPT, 0.1 * seconds),
            "most_nodes": most_nodes,
        }
        if self.problem.num_options <= self.tuned.here_options:
            record, choice = self._here(task, min(seconds, self.tuned.here_seconds))
            proof = self._read(task, record, choice)
            if proof.closed or most_nodes == 0:
                return proof
        record, choice = self._there(task, stop)
        return self._read(task, record, choice)

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

    def _there(
        self, task: dict[str, Any], stop: Callable[[], bool]
    ) -> tuple[dict[str, Any] | None, IntArray | None]:
        folder = self._start()
        number, self._tasks = self._tasks, self._tasks + 1
        partial = folder / "task.part"
        partial.write_text(json.dumps(task))
        partial.replace(folder / f"task-{number}.json")
        answer = folder / f"answer-{number}.json"
        assert self._process is not None
        while not answer.exists():
            late = time.time() > task["until"] + LATE
            if late or stop() or self._process.poll() is not None:
                break
            time.sleep(POLL)
        plan = folder / f"plan-{number}.npy"
        choice = np.load(plan) if plan.exists() else None
        if not answer.exists():
            return None, choice
        return json.loads(answer.read_text()), choice

    def _start(self) -> Path:
        """Start the process, once."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="tree-")
            folder = Path(self._folder.name)
            write_instance(self.problem, folder / "problem.part.npz")
            (folder / "problem.part.npz").replace(folder / "problem.npz")
            self._process = subprocess.Popen(
                [sys.executable, "-m", "planner.optimiser.tree.worker", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
            )
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


ROOT = Path(__file__).parents[3]
"""Where `planner` is imported from."""
