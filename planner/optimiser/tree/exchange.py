"""The files between a prover and its process, each whole at any moment.

They stand in one folder, and all but the problem have the number of their task K:

    problem.npz      the problem, for all tasks
    task-K.json      what is asked
    known-K.npy      int64[agents]; a choice that the caller has found meanwhile
    enough-K.json    when to end, in seconds since 1970; no more plans are looked for
    found-K.npy      int64[agents]; the last choice that branch and cut has found
    plan-K.npy       int64[agents]; the best choice found so far
    answer-K.json    what came of it
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from planner.optimiser.model.problem import IntArray


@dataclass
class Exchange:
    """The files of one task."""

    folder: Path
    number: int
    seen: int = 0

    def path(self, name: str) -> Path:
        stem, suffix = name.split(".")
        return self.folder / f"{stem}-{self.number}.{suffix}"

    def write(self, name: str, record: Any) -> None:
        """Write a record as JSON."""
        path = self.path(name)
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(record))
        partial.replace(path)

    def read(self, name: str) -> Any:
        """Return a record, or None where there is none yet."""
        path = self.path(name)
        return json.loads(path.read_text()) if path.exists() else None

    def save(self, name: str, choice: IntArray) -> None:
        """Write a choice."""
        path = self.path(name)
        partial = path.with_suffix(".part.npy")
        np.save(partial, choice)
        partial.replace(path)

    def news(self, name: str) -> IntArray | None:
        """Return a choice that has come since the last look, or None."""
        path = self.path(name)
        at = path.stat().st_mtime_ns if path.exists() else 0
        if at == self.seen:
            return None
        self.seen = at
        choice: IntArray = np.load(path)
        return choice
