"""Relief of a limit: the least that is enough, whatever else is in force.

    relief(l) = min { k >= 0 : the problem with limit l let out by k has a plan }

A number is told only where the whole problem has a plan with it, and has none with one
unit less. Whole choices tell, as two methods see them; where there are too many options
to ask, the elastic program's number is the least there can be (minimal repairs of an
infeasible program: Chinneck 2008, "Feasibility and infeasibility in optimization").
A relief is an int in units of its limit, or None where no number is enough.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from planner.optimiser.certificate.check import feasible
from planner.optimiser.conflicts.dominance import needed, with_options
from planner.optimiser.conflicts.elastic_lp import FEASIBLE, Limit, eased, strain
from planner.optimiser.model.plan import NOTHING
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.model.result import Relief
from planner.optimiser.model.validate import UNLIMITED

UNINTERRUPTIBLE = 4.0
"""Seconds at a time for a solver that cannot be stopped."""

Left = Callable[[], float]


def reliefs(
    problem: Problem, clashes: Sequence[Sequence[Limit]], left: Left, exact: int
) -> tuple[Relief, ...]:
    """Return how far each limit of each clash must give way.

    Of one clash any change with a number is enough. Of several, one of each has to be
    made: each number is the least while the others make the first of theirs. A clash
    that is gone when the others have made it is not told.
    """
    if len(clashes) == 1:
        least = {limit: _least(problem, limit, left, exact) for limit in clashes[0]}
        return tuple(_relief(problem, each, least[each], 0) for each in clashes[0])
    chosen = _chosen(problem, clashes, left, exact)
    if chosen is None:
        return tuple(
            _relief(problem, limit, None, number)
            for number, clash in enumerate(clashes)
            for limit in clash
        )
    kept = list(zip(chosen, clashes, strict=True))
    for pair in list(kept):
        others = [change for change, _ in kept if change is not pair[0]]
        if can_hold(_with(problem, others), left(), exact):
            kept.remove(pair)
    told: list[Relief] = []
    for at, ((first, _), clash) in enumerate(kept):
        mended = _with(problem, [change for change, _ in (*kept[:at], *kept[at + 1 :])])
        told += [
            _relief(problem, limit, _least(mended, limit, left, exact), at)
            for limit in (first, *(other for other in clash if other != first))
        ]
    return tuple(told)


Change = tuple[Limit, int]
"""A limit, and by how much it gives way."""


def _chosen(
    problem: Problem,
    clashes: Sequence[Sequence[Limit]],
    left: Left,
    exact: int,
    before: tuple[Change, ...] = (),
) -> tuple[Change, ...] | None:
    """Return one change of each clash that are enough together, or None.

    Each is the least with those `before` it made and the clashes after it lifted; what
    leads nowhere is taken back (Reiter 1987: one of each conflict is a hitting set).
    """
    if len(before) == len(clashes):
        return before
    later = [limit for clash in clashes[len(before) + 1 :] for limit in clash]
    mended = lifted(_with(problem, before), later)
    for limit in clashes[len(before)]:
        by = _least(mended, limit, left, exact)
        if by is not None:
            found = _chosen(problem, clashes, left, exact, (*before, (limit, by)))
            if found is not None:
                return found
    return None


def lifted(problem: Problem, limits: Sequence[Limit]) -> Problem:
    """Return the problem without these limits."""
    for limit in limits:
        problem = given_way(problem, limit, UNLIMITED)
    return problem


def _with(problem: Problem, changes: Sequence[Change]) -> Problem:
    for limit, by in changes:
        problem = given_way(problem, limit, by)
    return problem


def given_way(problem: Problem, limit: Limit, by: int) -> Problem:
    """Return the problem with one limit further out, or with a duty dropped."""
    if limit.kind != "must":
        return eased(problem, limit, by)
    must = problem.agent_must.copy()
    must[limit.index] = False
    return problem.replace(agent_must=must)


def _least(problem: Problem, limit: Limit, left: Left, exact: int) -> int | None:
    """Return by how much one limit must give way for any plan, or None if in vain.

    No plan does with less than the elastic program; whether one does with that, whole
    choices tell, where they are not too many to ask.
    """
    if left() == 0:
        return None
    if limit.kind == "must":
        dropped = given_way(problem, limit, 1)
        return 1 if can_hold(dropped, left(), exact) else None
    alone = strain(problem, seconds=left(), only=limit)
    total = 0.0 if alone is None else alone.total * (1 - FEASIBLE**2) - FEASIBLE
    least = max(1, math.ceil(total))
    if problem.num_options > exact:
        return None if alone is None else least
    answers: dict[int, bool | None] = {}

    def helps(by: int) -> bool:
        answers[by] = can_hold(eased(problem, limit, by), left(), exact)
        return answers[by] is True

    number = _first(least, max(least, _most(problem, limit)), helps)
    return None if None in answers.values() else number


def can_hold(problem: Problem, seconds: float, exact: int) -> bool | None:
    """Return whether any plan keeps the hard limits; None if that stayed open.

    That none does is believed where two methods say so, of up to `exact` options.
    """
    if feasible(problem, np.full(problem.num_agents, NOTHING)):
        return True
    if seconds == 0:
        return None
    small = with_options(problem, needed(problem))
    if small.num_options > exact:
        return None
    return _asked(small, seconds)


def _asked(problem: Problem, seconds: float) -> bool | None:
    """Ask CP-SAT, then SCIP, and where SCIP cannot say CP-SAT in another way."""
    from planner.optimiser.mip import cpsat, scip
    from planner.optimiser.mip.cpsat import Effort, MipAnswer
    from planner.optimiser.mip.mip_model import formulate

    worthless = problem.replace(option_value=np.zeros(problem.num_options, np.int64))
    program = formulate(worthless)

    def says(answer: MipAnswer) -> bool | None:
        if answer.y is not None:
            choice: IntArray = program.choice(worthless, answer.y)
            held = program.holds(answer.y) and feasible(worthless, choice)
            return True if held else None
        return False if answer.closed else None

    first = says(cpsat.solve(program, Effort(seconds=seconds)))
    if first is not False:
        return first
    second = says(scip.solve(program, Effort(min(seconds, UNINTERRUPTIBLE))))
    if second is None:
        second = says(cpsat.solve(program, Effort(seconds=seconds), plainly=True))
    return second


def _first(least: int, most: int, helps: Callable[[int], bool]) -> int | None:
    """Return the first number from `least` to `most` that helps, as all above do."""
    if helps(least):
        return least
    if least == most or not helps(most):
        return None
    while least + 1 < most:
        middle = (least + most) // 2
        least, most = (least, middle) if helps(middle) else (middle, most)
    return most


def _most(problem: Problem, limit: Limit) -> int:
    """Return how far a limit can give way before it is none."""
    if limit.kind == "lower":
        return int(problem.resource_lower[limit.index])
    resources = np.array([limit.index])
    now = problem.resource_upper
    if limit.kind == "supply":
        pool = np.repeat(np.arange(problem.num_resources), np.diff(problem.supply_ptr))
        resources = pool[problem.supply_index == limit.index]
        now = problem.supply_upper
    used = np.isin(problem.use_resource, resources)
    return int(problem.use_amount[used].sum()) - int(now[limit.index])


def _relief(problem: Problem, limit: Limit, by: int | None, clash: int) -> Relief:
    names = {"must": problem.agent_name, "supply": problem.supply_name}
    name = names.get(limit.kind, problem.resource_name)(limit.index)
    return Relief(limit=name, kind=limit.kind, by=by, clash=clash)
