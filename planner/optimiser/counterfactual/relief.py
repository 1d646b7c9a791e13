"""Limits that may give way: which of them do, a solver chooses as for agents.

Limit l may give way by n(l), all of it or not at all. It is widened by n(l), and beside
it stands a twin, used like the limit itself, whose agent must take one of two options:

    as it is      uses n(l) of the twin, so that nothing is won
    giving way    uses nothing of it, at a price

The twin of a floor stays as the floor was, and giving way counts as n(l) more. A budget
line is drawn on through a pool of that line alone. So the problem keeps its form, every
method can solve it, and its plans are plans of the problem whose limits gave way.

Arrays: choice int64[agents], use int64[resources].
"""

from collections.abc import Mapping

import numpy as np

from planner.optimiser.certificate.max_flow import flows
from planner.optimiser.conflicts.elastic_lp import Limit, eased
from planner.optimiser.model.openings import with_pairs
from planner.optimiser.model.plan import NOTHING, use_of
from planner.optimiser.model.problem import IntArray, Problem, pointers
from planner.optimiser.model.validate import UNLIMITED

Raises = Mapping[Limit, int]
"""By how many units each limit gives way."""

NO_LINE = -1


def raised(problem: Problem, raises: Raises) -> Problem:
    """Return the problem whose limits have given way."""
    for limit, by in raises.items():
        problem = eased(problem, limit, by)
    return problem


def elastic(problem: Problem, raises: Raises, price: int) -> Problem:
    """Return the single-tier problem in which these limits may give way.

    The agents of the limits come last, in the order of `raises`; of their two options
    the first leaves the limit as it is, the second lets it give way at the price.
    """
    count, first = len(raises), problem.num_options
    upper = np.full(count, UNLIMITED)
    lower = np.zeros(count, np.int64)
    value = np.zeros(2 * count, np.int64)
    value[1::2] = -price
    line = np.full(count, NO_LINE)
    uses: list[IntArray] = []
    for at, (limit, by) in enumerate(raises.items()):
        twin = problem.num_resources + at
        user = first + 2 * at + (limit.kind == "lower")
        uses.append(np.array([[user, twin, by]]))
        if limit.kind == "supply":
            line[at] = limit.index
        if limit.kind == "upper":
            upper[at] = min(UNLIMITED, int(problem.resource_upper[limit.index]) + by)
        elif limit.kind == "lower":
            lower[at] = problem.resource_lower[limit.index]
        if limit.kind != "supply":
            uses.append(_like(problem, limit.index, twin))
    return _with_twins(raised(problem, raises), upper, lower, line, uses, value)


def _like(problem: Problem, resource: int, twin: int) -> IntArray:
    """Return the uses of a resource as those of its twin: option, resource, amount."""
    at = np.flatnonzero(problem.use_resource == resource)
    option = np.searchsorted(problem.use_ptr, at, "right") - 1
    return np.stack([option, np.full(len(at), twin), problem.use_amount[at]], axis=1)


def _with_twins(
    problem: Problem,
    upper: IntArray,
    lower: IntArray,
    line: IntArray,
    uses: list[IntArray],
    value: IntArray,
) -> Problem:
    """Add a resource and an agent for every limit that may give way."""
    count = len(upper)
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    own = np.stack([owner, problem.use_resource, problem.use_amount], axis=1)
    every = np.concatenate([own, *uses])
    every = every[np.argsort(every[:, 0], kind="stable")]
    sizes = np.bincount(every[:, 0], minlength=problem.num_options + 2 * count)
    has_line = line != NO_LINE
    return with_pairs(
        problem,
        value=value,
        uses=(pointers(sizes), every[:, 1], every[:, 2]),
        lower=lower,
        upper=upper,
        supply_ptr=problem.supply_ptr[-1] + np.cumsum(has_line),
        supply_index=line[has_line],
    )


def needed(problem: Problem, choice: IntArray, raises: Raises) -> dict[Limit, int]:
    """Return by how much each of the limits must give way for this choice to hold.

    Those that need not are left out. Of budget lines one after the other is cut back
    to what is missing while the others give what they may.
    """
    use = use_of(problem, choice[choice != NOTHING])
    least: dict[Limit, int] = {}
    for limit in raises:
        at = limit.index
        if limit.kind == "upper":
            least[limit] = int(use[at] - problem.resource_upper[at])
        elif limit.kind == "lower":
            least[limit] = int(problem.resource_lower[at] - use[at])
    lines = {limit: by for limit, by in raises.items() if limit.kind == "supply"}
    for limit in list(lines):
        lines[limit] = 0
        lines[limit] = missing_money(raised(problem, lines), use)
    return {limit: by for limit, by in (least | lines).items() if by > 0}


def missing_money(problem: Problem, use: IntArray) -> int:
    """Return how much of what is used of pools their lines together cannot give."""
    pools = {
        int(r): problem.supply_index[slice(*problem.supply_ptr[[r, r + 1]])].tolist()
        for r in np.flatnonzero(problem.resource_supplied & (use > 0))
    }
    need = {r: int(use[r]) for r in pools}
    give = [None if u >= UNLIMITED else u for u in problem.supply_upper.tolist()]
    given = flows(pools, need, give)
    return sum(need.values()) - sum(sum(flow.values()) for flow in given.values())
