"""Concurrent optimisation: two solvers of branch and cut on the whole problem at once.

An algorithm portfolio (Huberman, Lukose and Hogg 1997) beside the search, for problems
that are small enough. HiGHS and SCIP each work in a process of its own: neither can be
interrupted, but a process can be ended at any moment, and two of them use two cores.
Whatever they bring is a claim: their plans are checked row by row in whole numbers, and
`optimal` counts only when both have come to the same end.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from planner.optimiser.mip.cpsat import MipAnswer
from planner.optimiser.mip.mip_model import MipModel, MipRow, plain_rows
from planner.optimiser.model.problem import BoolArray, IntArray

SOLVERS = ("highs", "scip")

POLL = 0.02
"""Seconds between two looks at the processes."""

MARGIN = 0.2
"""Seconds kept back for reading what a process has found."""

SOLVE = Path(__file__).parents[1] / "worker" / "branch_and_cut.py"
"""The program that such a process runs; as a file, so that it imports little."""


class ConcurrentSolvers:
    """Two solvers at work on one program; use it as a context, it ends with it.

    The processes are started at once, and wait for the program. That of the solver that
    is `kept` back is not started before `take`: the caller asks it first.
    """

    def __init__(self, *, seed: int, workers: int, kept: str | None = None) -> None:
        self.seed, self.workers = seed, workers
        self.answers: dict[str, MipAnswer] = {}
        self.program: MipModel | None = None
        self.until = np.inf
        self.kept = kept
        self._waiting = list(SOLVERS)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._seen: dict[str, int] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="whole-")

    def __enter__(self) -> "ConcurrentSolvers":
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

    def begin(
        self, program: MipModel, *, seconds: float, start: IntArray | None = None
    ) -> None:
        """Let the solvers begin; `start` is a plan in the options of the program."""
        self.program, self.until = program, time.monotonic() + seconds
        partial = self._path("partial")
        left = max(0.0, seconds - MARGIN)
        arrays = written(program, start) | {"until": np.array(time.time() + left)}
        np.savez(partial, **cast(Any, arrays))
        partial.replace(self._path("program"))

    def look(self) -> list[MipAnswer]:
        """Return the answers that have come in since the last look."""
        news = []
        for solver, process in list(self._running.items()):
            if process.poll() is not None:
                del self._running[solver]
                self.answers[solver] = answer = self._read(solver)
                news.append(answer)
            elif self._has_more(solver):
                news.append(self._read(solver))
        self._start()
        return news

    def take(self, answer: MipAnswer) -> None:
        """Take the answer of the solver that was kept back; if it is none, start it."""
        assert self.kept is not None
        solver, self.kept = self.kept, None
        if answer.closed:
            self._waiting.remove(solver)
            self.answers[solver] = answer
        self._start()

    def over(self) -> bool:
        """Whether every solver that had time has answered."""
        return not self._running and self.kept is None

    def first(self) -> MipAnswer | None:
        """Return the answer of the first solver that has come to an end."""
        return next((each for each in self.answers.values() if each.closed), None)

    def wait(self, stop: Callable[[], bool], take: Callable[[MipAnswer], None]) -> None:
        """Hand over answers as they come, until all are there or it is time to stop."""
        while not self.over():
            for answer in self.look():
                take(answer)
            if stop():
                return
            time.sleep(POLL)

    def _start(self) -> None:
        """Start as many solvers as there are cores for."""
        while len(self._running) < max(1, self.workers):
            ready = [solver for solver in self._waiting if solver != self.kept]
            if not ready or self.until - time.monotonic() <= MARGIN:
                return
            solver = ready[0]
            self._waiting.remove(solver)
            command = [sys.executable, str(SOLVE), solver, str(self.seed)]
            self._running[solver] = subprocess.Popen(
                [*command, str(self._path("program")), str(self._path(solver))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def _has_more(self, solver: str) -> bool:
        """Whether a solver has written down something new."""
        path = self._path(solver)
        at = path.stat().st_mtime_ns if path.exists() else 0
        if at == self._seen.get(solver, 0):
            return False
        self._seen[solver] = at
        return True

    def _read(self, solver: str) -> MipAnswer:
        path = self._path(solver)
        if not path.exists() or self.program is None:
            return MipAnswer(None, None, closed=False)
        with np.load(path) as arrays:
            closed = "closed" in arrays.files and bool(arrays["closed"])
            bound = float(arrays["bound"]) if "bound" in arrays.files else np.inf
            y = arrays["y"] if "y" in arrays.files else None
        if y is not None and not self.program.holds(y):
            return MipAnswer(None, None, closed=False)
        return MipAnswer(y, bound if np.isfinite(bound) else None, closed)

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / f"{name}.npz"


def agreed(answers: dict[str, MipAnswer], program: MipModel) -> bool:
    """Whether all solvers have finished, and with the same objective (or none)."""
    if len(answers) < len(SOLVERS):
        return False
    if not all(answer.closed for answer in answers.values()):
        return False
    return len({worth(program, answer) for answer in answers.values()}) == 1


def worth(program: MipModel, answer: MipAnswer) -> int | None:
    """Return the objective of an answer's plan, in whole numbers."""
    if answer.y is None:
        return None
    terms = zip(program.objective, answer.y.tolist(), strict=True)
    return int(sum(objective * amount for objective, amount in terms))


def written(
    program: MipModel, start: IntArray | None = None
) -> dict[str, NDArray[Any]]:
    """Return the program as the rows of a sparse matrix, and where to start.

    Columns that have no choice are taken off the rows and the objective, which may
    leave small numbers of large ones; `constant` is what the objective loses by that.

    Parameters
    ----------
    start
        int64[columns]; a solution that is known.

    Returns
    -------
    dict
        `ptr`, `columns`, `terms` (compressed sparse rows), `low`, `high`, `upper`,
        `objective`, `constant`, `start`: what `worker/branch_and_cut.py` reads.
    """
    settled = program.settled()
    rows = [_less(row, settled) for row in (*plain_rows(program), *_wanted(program))]
    low = [-np.inf if row.lower is None else float(row.lower) for row in rows]
    high = [np.inf if row.upper is None else float(row.upper) for row in rows]
    none = [np.zeros(0, dtype=np.int64)]
    nothing = np.zeros(0, dtype=np.int64)
    objective = np.asarray(program.objective, dtype=np.int64)
    return {
        "columns": np.concatenate([row.columns for row in rows] or none),
        "terms": np.concatenate([row.coefficients for row in rows] or none),
        "ptr": np.cumsum([0, *(len(row.columns) for row in rows)]),
        "low": np.asarray(low),
        "high": np.asarray(high),
        "upper": np.asarray(program.upper, dtype=np.float64),
        "objective": np.where(settled, 0, objective).astype(np.float64),
        "constant": np.asarray(objective[settled].sum()),
        "start": nothing if start is None else start,
    }


def _less(row: MipRow, settled: BoolArray) -> MipRow:
    """Return a row without the columns that are settled, except in their own row."""
    inside = settled[row.columns]
    if len(row.columns) == 1 or not inside.any():
        return row
    used = int(row.coefficients[inside].sum())
    return replace(
        row,
        columns=row.columns[~inside],
        coefficients=row.coefficients[~inside],
        lower=None if row.lower is None else row.lower - used,
        upper=None if row.upper is None else row.upper - used,
    )


def _wanted(program: MipModel) -> list[MipRow]:
    """Return the row that asks for a good enough objective, where one is asked for."""
    if program.at_least is None:
        return []
    worth = np.asarray(program.objective, dtype=np.int64)
    columns = np.flatnonzero(worth)
    return [MipRow(columns, worth[columns], program.at_least, None)]
