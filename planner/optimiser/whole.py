"""Branch and cut on the whole of a problem that is small enough, beside the search.

HiGHS and SCIP each work in a process of its own: neither can be interrupted, but a
process can be ended at any moment, and two of them use two cores. Whatever they bring
is a claim: their plans are checked row by row in whole numbers, and `optimal` counts
only when both have come to the same end.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np

from planner.optimiser.cpsat import Answer
from planner.optimiser.formulation import Formulation, plain_rows

SOLVERS = ("highs", "scip")
RACED = 30_000
"""Options up to which the whole problem is given to branch and cut."""

POLL = 0.05
"""Seconds between two looks at the processes."""

MARGIN = 0.6
"""Seconds kept back for starting a process and for reading what it found."""

SOLVE = "planner.optimiser.branching"
"""The program that such a process runs."""

ROOT = Path(__file__).resolve().parents[2]
"""From here the package can be imported, wherever the caller stands."""


class Race:
    """Two solvers at work on one program; use it as a context, it ends with it."""

    def __init__(
        self, program: Formulation, *, seconds: float, seed: int, workers: int
    ) -> None:
        self.program, self.seed, self.workers = program, seed, workers
        self.until = time.monotonic() + seconds
        self.answers: dict[str, Answer] = {}
        self._waiting = list(SOLVERS)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="whole-")

    def __enter__(self) -> "Race":
        _write(self.program, self._path("program"))
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()
        self._folder.cleanup()

    def look(self) -> list[Answer]:
        """Return the answers that have come in since the last look."""
        news = []
        for solver, process in list(self._running.items()):
            if process.poll() is not None:
                del self._running[solver]
                self.answers[solver] = answer = self._read(solver)
                news.append(answer)
        self._start()
        return news

    def over(self) -> bool:
        """Whether every solver that had time has answered."""
        return not self._running

    def wait(self, stop: Callable[[], bool], take: Callable[[Answer], None]) -> None:
        """Hand over answers as they come, until all are there or it is time to stop."""
        while not self.over():
            for answer in self.look():
                take(answer)
            if stop():
                return
            time.sleep(POLL)

    def _start(self) -> None:
        """Start as many solvers as there are cores for."""
        while self._waiting and len(self._running) < max(1, self.workers):
            seconds = self.until - time.monotonic() - MARGIN
            if seconds <= 0:
                return
            solver = self._waiting.pop(0)
            command = [sys.executable, "-m", SOLVE, solver, f"{seconds:.3f}"]
            paths = [str(self._path("program")), str(self._path(solver))]
            self._running[solver] = subprocess.Popen(
                [*command, str(self.seed), *paths],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
            )

    def _read(self, solver: str) -> Answer:
        path = self._path(solver)
        if not path.exists():
            return Answer(None, None, closed=False)
        with np.load(path) as found:
            closed = bool(found["closed"])
            bound = float(found["bound"])
            y = found["y"] if "y" in found.files else None
        if y is not None and not self.program.holds(y):
            return Answer(None, None, closed=False)
        return Answer(y, bound if np.isfinite(bound) else None, closed)

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / f"{name}.npz"


def agreed(answers: dict[str, Answer], program: Formulation) -> bool:
    """Whether all solvers have finished, and with the same objective (or none)."""
    if len(answers) < len(SOLVERS):
        return False
    if not all(answer.closed for answer in answers.values()):
        return False
    return len({worth(program, answer) for answer in answers.values()}) == 1


def worth(program: Formulation, answer: Answer) -> int | None:
    """Return the objective of an answer's plan, in whole numbers."""
    if answer.y is None:
        return None
    terms = zip(program.objective, answer.y.tolist(), strict=True)
    return int(sum(objective * amount for objective, amount in terms))


def _write(program: Formulation, path: Path) -> None:
    """Write the program as the rows of a sparse matrix."""
    rows = list(plain_rows(program))
    low = [-np.inf if row.lower is None else float(row.lower) for row in rows]
    high = [np.inf if row.upper is None else float(row.upper) for row in rows]
    none = [np.zeros(0, dtype=np.int64)]
    np.savez(
        path,
        columns=np.concatenate([row.columns for row in rows] or none),
        terms=np.concatenate([row.coefficients for row in rows] or none),
        ptr=np.cumsum([0, *(len(row.columns) for row in rows)]),
        low=np.asarray(low),
        high=np.asarray(high),
        upper=np.asarray(program.upper, dtype=np.float64),
        objective=np.asarray(program.objective, dtype=np.float64),
    )
