"""The process that grows trees: `python -m planner.optimiser.tree.worker FOLDER`.

It answers one task after the other, by the files of exchange.py. Where a task asks for
plans, branch and cut looks for them beside the tree. It has a process of its own
because it needs highspy, which cannot be loaded beside OR-Tools.
"""

import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from planner.optimiser.certificate.node import Question
from planner.optimiser.files.instance import read_instance
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.tree.engine import Failed
from planner.optimiser.tree.exchange import Exchange
from planner.optimiser.tree.highs import BranchAndCut, Highs
from planner.optimiser.tree.search import Search, told
from planner.optimiser.worker.branch_and_cut import die_with_parent

WAIT = 0.005
"""Seconds between two looks for the next task."""


def main(arguments: list[str]) -> None:
    """Answer every task of a folder until the process is ended."""
    folder = Path(arguments[0])
    die_with_parent()
    _wait_for(folder / "problem.npz")
    problem = read_instance(folder / "problem.npz")
    for number in count():
        files = Exchange(folder, number)
        _wait_for(files.path("task.json"))
        files.write("answer.json", answered(problem, files.read("task.json"), files))


def answered(problem: Problem, task: dict[str, Any], files: Exchange) -> dict[str, Any]:
    """Grow the tree of one task."""
    began = time.time()
    question = Question(problem, task["tier"], task["levels"])
    search = Search(
        question, Highs(), task["value"], task["until"],
        lambda choice, _: files.save("plan.npy", choice),
        most_nodes=task["most_nodes"],
    )  # fmt: skip
    search.news = others = Others(search, files)
    if task["plans"]:
        others.begin(task["seed"])
    try:
        closed = search.run()
    except Failed:
        closed = False
    others.end()
    return {
        "closed": closed,
        "value": search.value,
        "tree": search.tree(),
        "root": None if search.root is None else told(search.root),
        "leaves": search.leaves,
        "seconds": time.time() - began,
    }


class Others:
    """What branch and cut finds beside a tree, and what the caller knows."""

    def __init__(self, search: Search, files: Exchange) -> None:
        self.search, self.files = search, files
        self.found = replace(files)
        self.branching: BranchAndCut | None = None

    def begin(self, seed: int) -> None:
        """Look for plans of the program of the root."""
        root, until = self.search.relaxation, self.search.until

        def tell(value: FloatArray) -> None:
            self.found.save("found.npy", root.chosen(value))

        self.branching = BranchAndCut(
            root.matrix, root.whole(), tell, until=until, seed=seed
        )

    def __call__(self) -> list[IntArray]:
        """Return the choices that have come in; end when that is asked for."""
        if (until := self.files.read("enough.json")) is not None:
            self.search.until = until
            self.end()
        news = self.files.news("known.npy"), self.found.news("found.npy")
        return [choice for choice in news if choice is not None]

    def end(self) -> None:
        """Look for no more plans."""
        if self.branching is not None:
            self.branching.end()
            self.branching = None


def _wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(WAIT)


if __name__ == "__main__":
    main(sys.argv[1:])
