"""The plan that is at hand: a run starts from what an earlier one of its intakes found.

So a run with more money, or asked for again, never returns less than a plan that still
keeps every limit. A run with a limit of work starts from nothing: it is the same on
every machine, whatever was solved before.
"""

from collections import Counter

import numpy as np

from planner.allocation.results import files, trials
from planner.models import AllocationRun, RunState
from planner.optimiser.files.instance import read_instance
from planner.optimiser.model.problem import IntArray, Problem

WITH_PLAN = (
    RunState.SOLVED,
    RunState.SUBMITTED,
    RunState.APPROVED,
    RunState.PUBLISHED,
    RunState.SUPERSEDED,
)

LOOKS = 20
"""Runs that are looked at for one of the same intakes."""


def plan_at_hand(run: AllocationRun, problem: Problem) -> IntArray | None:
    """Return the newest known plan in the options of a problem, or None.

    Whoever or whatever is no longer there is left out; whether the rest keeps every
    limit is for the optimiser to say.
    """
    base = None if run.work is not None else trials.at_hand(run) or _newest(run)
    if base is None:
        return None
    with files.unpacked(base) as folder:
        if not (folder / "problem.npz").exists():
            return None
        old = read_instance(folder / "problem.npz")
        choice = files.claim(folder, old).choice
    return None if choice is None else moved(old, choice, problem)


def moved(old: Problem, choice: IntArray, problem: Problem) -> IntArray:
    """Return a choice of one problem in the options of another, by their names."""
    number: dict[tuple[str, str], int] = {}
    for option, agent in enumerate(problem.option_agent.tolist()):
        number[problem.agent_name(agent), problem.option_name(option)] = option
    result: IntArray = np.full(problem.num_agents, -1, dtype=np.int64)
    for agent in np.flatnonzero(choice >= 0).tolist():
        name = old.agent_name(agent), old.option_name(int(choice[agent]))
        if name in number:
            result[problem.option_agent[number[name]]] = number[name]
    return result


def _newest(run: AllocationRun) -> AllocationRun | None:
    """Return the last run of the same intakes that has a plan, or None."""
    intakes = Counter(run.intakes.values_list("pk", flat=True))
    rows = AllocationRun.objects.filter(state__in=WITH_PLAN, intakes__in=list(intakes))
    rows = rows.exclude(pk=run.pk).distinct().order_by("-finished_at", "-pk")
    for row in rows.prefetch_related("intakes")[:LOOKS]:
        if Counter(intake.pk for intake in row.intakes.all()) == intakes:
            return row
    return None
