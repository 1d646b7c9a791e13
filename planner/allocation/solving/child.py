"""The solve, in a process of its own: it may use up its memory, hang or crash.

    python -m planner.allocation.solving.child FOLDER

Reads ``problem.npz`` and ``limits.json`` from the folder and writes there
``progress.json`` (at most twice a second), ``plan.i64`` (the best plan so far) and
finally ``result.npz``, each of them whole or not at all. A plan in ``warm.i64`` is
where the search starts. Where a problem falls apart, its parts appear in ``errands``.
A folder that is itself such a task gets its ``outcome.npz`` instead.

The word "stop" on standard input asks for the best plan now; the end of standard input
means that the supervisor is gone, and then this process has no reason to live. It
imports no Django.
"""

import ctypes
import json
import math
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.allocation.results.numbers import finite

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from planner.optimiser import Problem, Result

    Choice = npt.NDArray[np.int64]

PR_SET_PDEATHSIG = 1
EXIT_MEMORY = 75
NICENESS = 10
TERMS, ERRANDS = "terms.npz", "errands"
ABOUT = ("phases", "seconds", "seed", "versions", "parameters", "detail", "conflict")


def main(folder: Path) -> int:
    """Solve the folder's problem; return an exit status."""
    restraints = json.loads((folder / "restraints.json").read_text())
    limits = json.loads((folder / "limits.json").read_text())
    stop = threading.Event()
    restrain(restraints["megabytes"])
    threading.Thread(target=listen, args=(stop,), daemon=True).start()
    try:
        if (folder / TERMS).exists():
            walk(folder, stop)
        else:
            solve(folder, limits, stop, part_options=restraints["part_options"])
    except MemoryError:
        return EXIT_MEMORY
    return 0


def restrain(megabytes: int) -> None:
    """Bound the memory, step back behind other work, and die with the supervisor."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def listen(stop: threading.Event) -> None:
    """Wait for the word to stop, or for the supervisor's end."""
    for line in sys.stdin:
        if line.strip() == "stop":
            stop.set()
    os._exit(1)


def walk(folder: Path, stop: threading.Event) -> None:
    """Walk a part of somebody else's problem."""
    from planner.optimiser.search import remote_block

    done = remote_block.read(folder).search(News(folder, stop).progress)
    remote_block.write_outcome(done, folder)


def solve(
    folder: Path,
    limits: dict[str, Any],
    stop: threading.Event,
    *,
    part_options: float = math.inf,
) -> None:
    """Run the optimiser and write down what it finds, while it finds it."""
    # Slow, and inside the bounds set by now.
    from planner.optimiser import Limits, solve
    from planner.optimiser.files.instance import read_instance
    from planner.optimiser.search.remote_block import BlockFolder

    problem = read_instance(folder / "problem.npz")
    news = News(folder, stop)
    falls_apart = problem.num_options >= 2 * part_options
    result = solve(
        problem,
        limits=Limits(**limits),
        warm_start=warm_start(folder),
        on_progress=news.progress,
        on_plan=news.plan,
        helpers=BlockFolder(folder / ERRANDS) if falls_apart else None,
    )
    write_down(problem, result, folder)


def warm_start(folder: Path) -> "Choice | None":
    """Return the choice that an earlier attempt left, or None."""
    import numpy as np

    path = folder / "warm.i64"
    return np.fromfile(path, dtype="<i8") if path.exists() else None


def write_down(problem: "Problem", result: "Result", folder: Path) -> None:
    """Write the result, and beside it what is about the solve and not the plan."""
    from planner.optimiser.files.result_writer import result_document, write_result

    write_result(problem, result, folder / "result.npz")
    document = result_document(problem, result)
    about = {name: document[name] for name in ABOUT}
    (folder / "about.json").write_text(json.dumps(about))


class News:
    """What the supervisor can read at any moment."""

    def __init__(self, folder: Path, stop: threading.Event) -> None:
        self.folder = folder
        self.stop = stop
        self.told_at = 0.0

    def progress(
        self, phase: str, seconds: float, incumbent: float | None, bound: float | None
    ) -> bool:
        """Tell where the solve stands; answer whether it should stop."""
        if time.monotonic() - self.told_at > 0.5:
            self.told_at = time.monotonic()
            told = {
                "phase": phase,
                "seconds": round(seconds, 1),
                "incumbent": finite(incumbent),
                "bound": finite(bound),
            }
            self.write("progress.json", json.dumps(told).encode())
        return self.stop.is_set()

    def plan(self, choice: "Choice") -> None:
        """Keep the best plan so far."""
        self.write("plan.i64", choice.astype("<i8").tobytes())

    def write(self, name: str, content: bytes) -> None:
        """Write a file that is whole at any moment."""
        draft = self.folder / f".{name}"
        draft.write_bytes(content)
        draft.replace(self.folder / name)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
