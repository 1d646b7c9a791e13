"""Finding a finished run of the same data, so that nobody solves it twice."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from planner.allocation.problem import snapshot
from planner.allocation.problem.reading import Unbuildable
from planner.models import AllocationRun, RunKind, RunState, Scenario
from programs.models import Intake

FINISHED = (
    RunState.SOLVED,
    RunState.SUBMITTED,
    RunState.APPROVED,
)


def find(
    *, intakes: Iterable[Intake], scenario: Scenario | None = None, **limits: Any
) -> AllocationRun | None:
    """Return the newest finished run of these intakes whose data have not changed.

    The snapshot is taken again and its digest compared: that is the only way to know.
    """
    ids = {intake.pk for intake in intakes}
    candidates = (
        AllocationRun.objects.filter(
            state__in=FINISHED, kind=RunKind.ALLOCATION, scenario=scenario, **limits
        )
        .annotate(num_intakes=Count("intakes"))
        .filter(num_intakes=len(ids))
        .prefetch_related("intakes")
    )
    same = [
        run for run in candidates if {intake.pk for intake in run.intakes.all()} == ids
    ]
    if not same:
        return None
    try:
        digest = snapshot.of_run(same[0]).problem.digest
    except Unbuildable:  # the run that is asked for instead says so
        return None
    return next((run for run in same if run.input_digest == digest), None)
