"""The plan that an attempt had when its solver crashed: where the next one starts."""

from uuid import UUID

import numpy as np

from planner.allocation.results import files, record
from planner.jobs.leases import Lease
from planner.models import AllocationRun, ArtifactKind
from planner.optimiser import Problem

from .supervision import Choice

DIGEST = 64


def keep(lease: Lease, problem: Problem, choice: Choice) -> None:
    """Keep the best plan of an attempt that crashed, as long as the lease holds."""
    lease.beat(seconds=0)
    content = problem.digest.encode() + choice.astype("<i8").tobytes()
    record.keep(lease.row_id, ArtifactKind.DRAFT, content)


def read(run_id: UUID, problem: Problem) -> Choice | None:
    """Return the choice an earlier attempt kept for this very problem, or None."""
    run = AllocationRun.objects.get(pk=run_id)
    if not run.artifacts.filter(kind=ArtifactKind.DRAFT).exists():
        return None
    content = files.content(run, ArtifactKind.DRAFT)
    if content[:DIGEST] != problem.digest.encode():
        return None
    return np.frombuffer(content[DIGEST:], dtype="<i8")
