"""Serving a run: claim it, take the snapshot, solve, check, and record what came out.

Called by a worker's task, by ``manage.py allocate --wait``, and by nothing else. May be
called any number of times for the same run: only one caller gets the claim.
"""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import structlog
from django.utils.translation import gettext_noop

from planner.allocation.problem import snapshot
from planner.allocation.problem.reading import Unbuildable
from planner.allocation.results import draw, record
from planner.allocation.results.solved import Solved
from planner.jobs import leases
from planner.jobs.leases import Lease, Progress
from planner.models import AllocationRun, RunState
from planner.models.words import BEFORE_A_PLAN
from planner.optimiser import Limits, Problem, ProblemError, Status
from planner.optimiser.certificate.check import Verdict, check
from planner.optimiser.files.instance import write_instance
from programs.domain import transactions
from programs.refusals import Refusal

from . import checkpoints, known, parts, supervision

log = structlog.get_logger(__name__)


def execute(
    run_id: UUID | str, *, on_progress: Callable[[Progress], object] | None = None
) -> str | None:
    """Serve the run; return its state, or None when somebody else has it.

    Parameters
    ----------
    run_id: the run's id.
    on_progress: called with the run's progress, for whoever watches from a terminal.
    """
    lease = leases.claim(run_id)
    if lease is None:
        return None
    log.info("run.claimed", run=str(run_id), attempt=lease.attempt)
    lease.on_progress = on_progress
    try:
        serve(lease)
    except leases.Fenced:
        log.warning("run.fenced", run=str(run_id), attempt=lease.attempt)
        return None
    except leases.Cancelled:
        record.stop(lease, RunState.CANCELLED, BEFORE_A_PLAN)
    except supervision.SolveDied as died:
        give_back(lease, str(died))
    except (Unbuildable, Refusal, ProblemError) as error:
        record.stop(lease, RunState.FAILED, str(error))
    except Exception as error:
        give_back(lease, f"{type(error).__name__}: {error}")
        raise
    return AllocationRun.objects.values_list("state", flat=True).get(pk=run_id)


def serve(lease: Lease) -> None:
    """Go from the row to the recorded result."""
    run = AllocationRun.objects.select_related("scenario", "profile").get(
        pk=lease.row_id
    )
    lease.phase(leases.SNAPSHOT)
    parts.forget(run.pk)
    data = snapshot.of_run(run, step=lease.go_on)
    limits = Limits(
        seconds=run.seconds,
        gap=run.gap,
        workers=run.workers,
        seed=run.seed,
        work=run.work,
    )
    with supervision.scratch() as folder:
        write_instance(data.problem, folder / "problem.npz")
        record.snapshot_taken(lease, data, folder)
        solved = draw.settle(data, solve(lease, run, data.problem, limits, folder))
    lease.beat(seconds=0)
    lease.phase("check")
    verdict = check(data.problem, solved.claim)
    lease.phase("record")
    conclude(lease, data, solved, verdict)


def solve(
    lease: Lease, run: AllocationRun, problem: Problem, limits: Limits, folder: Path
) -> Solved:
    """Return what the child found, from where an attempt that crashed had come, or
    from the plan that is at hand.

    When the child of the last attempt dies too, the best plan of all attempts is kept
    for people to look at; nothing is proved about it.
    """
    warm = checkpoints.read(lease.row_id, problem)
    if warm is None:
        warm = known.plan_at_hand(run, problem)
    try:
        return supervision.solve(problem, limits, lease=lease, folder=folder, warm=warm)
    except supervision.SolveDied as died:
        if died.choice is None:
            raise
        if not lease.is_last:
            checkpoints.keep(lease, problem, died.choice)
            raise
        return supervision.after_crash(problem, folder, died)


def conclude(
    lease: Lease, data: snapshot.Snapshot, solved: Solved, verdict: Verdict
) -> None:
    """Record what came out: a plan, the proof that there is none, or neither."""
    if not verdict.holds:
        detail = gettext_noop("The independent check refused the solver's answer.")
        state = RunState.FAILED
    elif solved.claim.choice is not None:
        record.plan(lease, data, solved, verdict)
        return
    elif solved.claim.status == Status.INFEASIBLE:
        detail = gettext_noop("No plan keeps all the hard limits.")
        state = RunState.INFEASIBLE
    elif lease.cancel_requested:
        raise leases.Cancelled
    else:
        detail = gettext_noop("No plan was found in the time allowed.")
        state = RunState.FAILED
    record.without_plan(lease, data, solved, verdict, state=state, detail=detail)


def give_back(lease: Lease, why: str) -> None:
    """Let somebody else try, or end the run when three have tried."""
    log.error("run.attempt_failed", run=str(lease.row_id), attempt=lease.attempt)
    try:
        with transactions.atomic():
            if lease.is_last:
                record.stop(lease, RunState.FAILED, why)
            else:
                lease.give_back(detail=why, pauses=True)
    except leases.Fenced:
        log.warning("run.fenced", run=str(lease.row_id), attempt=lease.attempt)
