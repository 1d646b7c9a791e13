"""The process that grows trees: `python -m planner.optimiser.tree.worker FOLDER`.

It reads `problem.npz` when it is there, then one `task-K.json` after the other, and
answers each with `answer-K.json`; plans it finds on its way are `plan-K.npy`. It has a
process of its own because it needs highspy, which cannot be loaded beside OR-Tools.
"""

import json
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from planner.optimiser.certificate.node import Question
from planner.optimiser.files.instance import read_instance
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.tree.engine import Failed
from planner.optimiser.tree.highs import Highs
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
        task = json.loads(_wait_for(folder / f"task-{number}.json").read_text())
        record = answered(problem, task, folder / f"plan-{number}.npy")
        _write(folder / f"answer-{number}.json", json.dumps(record))


def answered(problem: Problem, task: dict[str, Any], plan: Path) -> dict[str, Any]:
    """Grow the tree of one task."""

    def keep(choice: IntArray, value: int) -> None:
        del value
        partial = plan.with_name("plan.part.npy")
        np.save(partial, choice)
        partial.replace(plan)

    began = time.time()
    question = Question(problem, task["tier"], task["levels"])
    search = Search(
        question, Highs(), task["value"], task["until"], keep,
        most_nodes=task["most_nodes"],
    )  # fmt: skip
    try:
        closed = search.run()
    except Failed:
        closed = False
    tree = search.tree()
    return {
        "closed": closed,
        "value": search.value,
        "tree": tree,
        "root": None if search.root is None else told(search.root),
        "leaves": search.leaves,
        "seconds": time.time() - began,
    }


def _wait_for(path: Path) -> Path:
    while not path.exists():
        time.sleep(WAIT)
    return path


def _write(path: Path, text: str) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(text)
    partial.replace(path)


if __name__ == "__main__":
    main(sys.argv[1:])
