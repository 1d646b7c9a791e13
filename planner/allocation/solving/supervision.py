"""Watching the child that solves: progress in, the wish to stop out, never a wait."""

import json
import math
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.translation import gettext_noop

from planner.allocation.results.solved import Solved
from planner.jobs.leases import Cancelled, Lease
from planner.optimiser import Limits, Plan, Problem, Result, Status, Termination, Tier
from planner.optimiser.files.result_reader import read_claim
from planner.optimiser.search import remote_block

from .child import ERRANDS, EXIT_MEMORY, write_down
from .parts import Parts

Child = subprocess.Popen[bytes]
Choice = npt.NDArray[np.int64]
TICK = 0.1
PATIENCE = 1.5
"""Seconds a child gets to end by itself once it was asked to."""
GRACE = 30
"""Seconds beyond its limit after which a child is asked to stop from outside."""


class SolveDied(Exception):
    """The child ended by itself, without a result; the sentences say how, for people.

    ``status`` is its exit status, ``choice`` the best plan it had written, or None.
    """

    def __init__(self, message: str, *, status: int, choice: Choice | None) -> None:
        super().__init__(message)
        self.status, self.choice = status, choice


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder of its own to a solve, and take it away afterwards."""
    parent = settings.DATA_DIR / "solves"
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove what killed workers left behind, once no solve can still use it."""
    oldest = time.time() - settings.ALLOCATION_MAX_SECONDS - 3600
    for folder in parent.iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def solve(
    problem: Problem,
    limits: Limits,
    *,
    lease: Lease,
    folder: Path,
    warm: Choice | None = None,
    alone: bool = False,
) -> Solved:
    """Solve the folder's problem in a child process; pass on a wish to stop.

    When the child had to be ended, the answer is the best plan it had written.

    Parameters
    ----------
    warm: the choice of an earlier attempt, which the plan will not be worse than.
    alone: no other worker is asked for help.

    Raises
    ------
    SolveDied: the child ended by itself, and not as it should.
    Cancelled: a person asked for the run to stop before there was a plan.
    """
    (folder / "limits.json").write_text(json.dumps(asdict(limits)))
    if warm is not None:
        for name in ("warm.i64", "plan.i64"):
            (folder / name).write_bytes(warm.astype("<i8").tobytes())
    status, is_ended = (by_itself if alone else helped)(folder, limits.seconds, lease)
    if status == 0:
        return read(problem, folder)
    choice = best_plan(folder)
    if is_ended and not lease.cancel_requested:
        raise SolveDied(how_it_died(status, folder), status=status, choice=choice)
    if choice is None:
        if lease.cancel_requested:
            raise Cancelled
        raise SolveDied(LATE, status=status, choice=None)
    if lease.cancel_requested:
        return salvage(problem, folder, choice, Termination.STOPPED, "")
    return salvage(problem, folder, choice, Termination.TIME, LATE)


def helped(folder: Path, seconds: float, lease: Lease) -> tuple[int, bool]:
    """Watch a child whose parts other workers may take."""
    others = Parts(lease, folder / ERRANDS)
    try:
        return attend(folder, seconds, lease, others.tend)
    finally:
        others.close()


def by_itself(folder: Path, seconds: float, lease: Lease) -> tuple[int, bool]:
    """Watch a child that hands out no parts."""
    return attend(folder, seconds, lease, nothing_else, splits=False)


def walk(*, lease: Lease, folder: Path) -> bytes:
    """Search the folder's task in a child process; return the outcome file's bytes."""
    (folder / "limits.json").write_text("{}")
    seconds = remote_block.read(folder).limits.seconds
    status, _is_ended = attend(folder, seconds, lease, nothing_else)
    if status != 0:
        raise SolveDied(how_it_died(status, folder), status=status, choice=None)
    return (folder / remote_block.OUTCOME).read_bytes()


def nothing_else() -> None:
    """Do nothing between two looks at a child."""


def attend(
    folder: Path,
    seconds: float,
    lease: Lease,
    meanwhile: Callable[[], object],
    *,
    splits: bool = True,
) -> tuple[int, bool]:
    """Start a child and watch it; return its exit status, and if it ended by itself."""
    told = {
        "megabytes": settings.ALLOCATION_MAX_MEGABYTES,
        "part_options": settings.ALLOCATION_PART_OPTIONS if splits else math.inf,
    }
    (folder / "restraints.json").write_text(json.dumps(told))
    child = start(folder)
    try:
        is_ended = watch(child, folder, seconds, lease, meanwhile)
    finally:
        end(child)
    return child.returncode, is_ended


def read(problem: Problem, folder: Path, **columns: bool) -> Solved:
    """Return what a child wrote down when it had ended."""
    return Solved(
        claim=read_claim(problem, folder / "result.npz"),
        about=json.loads((folder / "about.json").read_text()),
        content=(folder / "result.npz").read_bytes(),
        **columns,
    )


def best_plan(folder: Path) -> Choice | None:
    """Return the choice of the best plan a child had written, or None."""
    path = folder / "plan.i64"
    return np.frombuffer(path.read_bytes(), dtype="<i8") if path.exists() else None


def start(folder: Path) -> Child:
    """Start the child in a session of its own, so that Ctrl-C reaches only us."""
    with (folder / "stderr").open("wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "planner.allocation.solving.child", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )


def watch(
    child: Child,
    folder: Path,
    seconds: float,
    lease: Lease,
    meanwhile: Callable[[], object],
) -> bool:
    """Wait for the child; return whether it has ended by itself.

    It has not when it has nothing to keep and a person wants the run to stop, or when
    it goes on although it was asked to stop.
    """
    began = time.monotonic()
    asked_at = None
    while child.poll() is None:
        lease.beat()
        lease.look()
        tell(folder, lease)
        meanwhile()
        now = time.monotonic()
        if lease.cancel_requested and not (folder / "plan.i64").exists():
            return False
        overdue = now - began > seconds + GRACE
        if asked_at is None and (lease.cancel_requested or overdue):
            ask(child)
            asked_at = now
        if asked_at is not None and now - asked_at > PATIENCE:
            return False
        time.sleep(TICK)
    tell(folder, lease, at_once=True)
    return True


def tell(folder: Path, lease: Lease, *, at_once: bool = False) -> None:
    """Pass the child's progress on to the row."""
    path = folder / "progress.json"
    if path.exists():
        lease.tell(json.loads(path.read_text()), at_once=at_once)


def ask(child: Child) -> None:
    """Ask the child to stop with what it has."""
    try:
        entrance(child).write(b"stop\n")
        entrance(child).flush()
    except BrokenPipeError:
        return  # it has just ended by itself


def end(child: Child) -> None:
    """Make sure that the child is gone."""
    if child.poll() is None:
        child.kill()
        child.wait()
    entrance(child).close()


def entrance(child: Child) -> IO[bytes]:
    """Return the child's standard input, which `start` has opened."""
    assert child.stdin is not None
    return child.stdin


def salvage(
    problem: Problem,
    folder: Path,
    choice: Choice,
    termination: Termination,
    detail: str,
    *,
    crashed: bool = False,
) -> Solved:
    """Write a plan whose solve was interrupted down as a result without any proof."""
    plan = Plan.of(problem, choice)
    result = Result(
        status=Status.FEASIBLE,
        termination=termination,
        plan=plan,
        tiers=tuple(
            Tier(
                value=value,
                bound=None,
                price=np.zeros(problem.num_resources),
                supply_price=np.zeros(problem.num_supplies),
                tier_price=np.zeros(tier),
            )
            for tier, value in enumerate(plan.tiers)
        ),
        digest=problem.digest,
        detail=detail,
    )
    write_down(problem, result, folder)
    return read(problem, folder, crashed=crashed)


def after_crash(problem: Problem, folder: Path, died: SolveDied) -> Solved:
    """Return the best plan of a child that died, as the last word about the run."""
    assert died.choice is not None
    ended = Termination.MEMORY if ran_out(died.status, folder) else Termination.CRASHED
    return salvage(problem, folder, died.choice, ended, str(died), crashed=True)


LATE = gettext_noop("The solver did not end in time and was ended.")
MEMORY = gettext_noop(
    "The solver needed more memory than it may take (ALLOCATION_MAX_MEGABYTES)."
)
KILLED = gettext_noop("The solver process was killed, perhaps for lack of memory.")
CRASHED = gettext_noop("The solver process crashed.")
FAILED = gettext_noop("The solver process failed.")
SIGNS = ("bad_alloc", "MemoryError", "Cannot allocate memory", "failed to allocate")
"""What a process says that could not get memory."""


def ran_out(status: int, folder: Path) -> bool:
    """Whether the child said that it lacked memory."""
    said = (folder / "stderr").read_text(errors="replace")
    return status == EXIT_MEMORY or any(sign in said for sign in SIGNS)


def how_it_died(status: int, folder: Path) -> str:
    """Say how the child ended: a sentence, and what it said itself on a second line."""
    if ran_out(status, folder):
        return MEMORY
    if status < 0:
        name = signal.Signals(-status).name
        return f"{KILLED if name == 'SIGKILL' else CRASHED}\n{name}"
    lines = (folder / "stderr").read_text(errors="replace").strip().splitlines()
    return f"{FAILED}\n{lines[-1] if lines else f'exit {status}'}"
