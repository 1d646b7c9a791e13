"""Watching the child that solves: progress in, the wish to stop out, never a wait."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from django.conf import settings

from planner.optimiser import Plan, Result, Status, Termination, Tier
from planner.optimiser.reading import read_claim

from .child import EXIT_MEMORY, write_down

TICK = 0.2
LOOK_SECONDS = 1
"""How often the row is asked whether somebody wants the run to stop."""
PATIENCE = 4
"""Seconds a child gets to end by itself once it was asked to."""
GRACE = 30
"""Seconds beyond its limit after which a child is asked to stop from outside."""


class SolveDied(Exception):
    """The child ended without a plan; the sentence says how, for people."""


@contextmanager
def scratch():
    """Give a folder of its own to a solve, and take it away afterwards."""
    parent = settings.DATA_DIR / "solves"
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Solved:
    """What a solve left behind: a claim to be checked, and how it came about."""

    claim: object
    about: dict
    content: bytes


def sweep(parent):
    """Remove what killed workers left behind, once no solve can still use it."""
    oldest = time.time() - settings.ALLOCATION_MAX_SECONDS - 3600
    for folder in parent.iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def solve(problem, limits, *, lease, folder):
    """Solve the folder's problem in a child process; pass on a wish to stop.

    When the child had to be ended, the answer is the best plan it had written.
    """
    told = asdict(limits) | {"megabytes": settings.ALLOCATION_MAX_MEGABYTES}
    (folder / "limits.json").write_text(json.dumps(told))
    child = start(folder)
    try:
        watch(child, folder, limits, lease)
    finally:
        end(child)
    if child.returncode != 0:
        salvage(problem, folder, child.returncode, lease)
    return Solved(
        claim=read_claim(problem, folder / "result.npz"),
        about=json.loads((folder / "about.json").read_text()),
        content=(folder / "result.npz").read_bytes(),
    )


def start(folder):
    """Start the child in a session of its own, so that Ctrl-C reaches only us."""
    with (folder / "stderr").open("wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "planner.allocation.child", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )


def watch(child, folder, limits, lease):
    """Return when the child has ended, or does not end although it was asked to."""
    began = looked_at = time.monotonic()
    asked_at = None
    while child.poll() is None:
        lease.beat()
        tell(folder, lease)
        now = time.monotonic()
        if now - looked_at > LOOK_SECONDS:
            lease.look()
            looked_at = now
        overdue = now - began > limits.seconds + GRACE
        if asked_at is None and (lease.cancel_requested or overdue):
            ask(child)
            asked_at = now
        if asked_at is not None and now - asked_at > PATIENCE:
            return
        time.sleep(TICK)
    tell(folder, lease, at_once=True)


def tell(folder, lease, *, at_once=False):
    """Pass the child's progress on to the row."""
    path = folder / "progress.json"
    if path.exists():
        lease.tell(json.loads(path.read_text()), at_once=at_once)


def ask(child):
    """Ask the child to stop with what it has."""
    try:
        child.stdin.write(b"stop\n")
        child.stdin.flush()
    except BrokenPipeError:
        return  # it has just ended by itself


def end(child):
    """Make sure that the child is gone."""
    if child.poll() is None:
        child.kill()
        child.wait()
    child.stdin.close()


def salvage(problem, folder, status, lease):
    """Write the best plan of a dead child down as a result without any proof."""
    path = folder / "plan.i64"
    if not path.exists():
        raise SolveDied(how_it_died(status, folder))
    plan = Plan.of(problem, np.frombuffer(path.read_bytes(), dtype="<i8"))
    if lease.cancel_requested:
        termination = Termination.STOPPED
    else:
        termination = Termination.MEMORY if ran_out(status) else Termination.TIME
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
        detail=how_it_died(status, folder),
    )
    write_down(problem, result, folder)


def ran_out(status):
    """Whether the exit status looks like a lack of memory."""
    return status in (EXIT_MEMORY, -signal.SIGABRT, -signal.SIGSEGV)


def how_it_died(status, folder):
    """Say in a sentence how the child ended."""
    if ran_out(status):
        return (
            f"The solver needed more than {settings.ALLOCATION_MAX_MEGABYTES} MB "
            "of memory (ALLOCATION_MAX_MEGABYTES)."
        )
    if status < 0:
        return f"The solver process was ended by {signal.Signals(-status).name}."
    lines = (folder / "stderr").read_text(errors="replace").strip().splitlines()
    return f"The solver process failed: {lines[-1] if lines else f'exit {status}'}"
