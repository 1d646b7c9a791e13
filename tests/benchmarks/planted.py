"""Instances with a planted conflict: limits that cannot hold together, and why.

Each is a feasible intake of the `seats` family in which one to three limits were
changed so that together, and only together, they leave no plan.
"""

from dataclasses import dataclass

import numpy as np

from planner.optimiser import Problem
from planner.optimiser.model.problem import HARD, pointers
from tests.benchmarks import families


@dataclass(frozen=True)
class Planted:
    """A problem without a plan, and the (kind, resource) limits that are to blame."""

    problem: Problem
    limits: frozenset
    why: str


def planted(people, seed):
    """Plant one of six kinds of conflict; the seed says which, and where."""
    kinds = (too_few, too_dear, too_dear_together, rival_floors, crowded, must_and_wall)
    return kinds[seed % len(kinds)](families.seats_and_budgets(people, seed), seed)


def too_few(problem, seed):
    """A floor above the number of people who could count towards it."""
    group, problem = _group(problem, seed)
    lower = len(group) + 1 + seed
    problem, floor = _with_row(problem, _first_options(problem, group), 1, lower=lower)
    return Planted(problem, frozenset({("lower", floor)}), "floor above the eligible")


def too_dear(problem, seed):
    """A floor whose cheapest people cost more than the one budget that pays them."""
    group, problem = _group(problem, seed)
    options = _all_options(problem, group)
    lower = max(2, len(group) // 2)
    problem, floor = _with_row(problem, options, 1, lower=lower)
    cost = _cheapest(problem, group, np.ones(problem.num_options, dtype=bool))
    least = int(np.sort(cost)[:lower].sum())
    amount = _money(problem)
    problem, wall = _with_row(problem, options, amount[options], upper=least - 1 - seed)
    return Planted(
        problem, frozenset({("lower", floor), ("upper", wall)}), "floor above a budget"
    )


def too_dear_together(problem, seed):
    """Two floors of different people, each payable, and a budget too small for both."""
    group, problem = _group(problem, seed)
    halves = np.array_split(group, 2)
    everyone = np.ones(problem.num_options, dtype=bool)
    floors, least = [], 0
    for half in halves:
        lower = max(1, len(half) // 2)
        options = _all_options(problem, half)
        problem, floor = _with_row(problem, options, 1, lower=lower)
        floors.append(("lower", floor))
        least += int(np.sort(_cheapest(problem, half, everyone))[:lower].sum())
        everyone = np.ones(problem.num_options, dtype=bool)
    options, amount = _all_options(problem, group), _money(problem)
    problem, wall = _with_row(problem, options, amount[options], upper=least - 1)
    limits = frozenset({*floors, ("upper", wall)})
    return Planted(problem, limits, "two floors above a budget")


def rival_floors(problem, seed):
    """Two floors that want the same people for different things."""
    group, problem = _group(problem, seed)
    options = _all_options(problem, group)
    left, right = options[::2], options[1::2]
    lower = len(group) // 2 + 1
    problem, first = _with_row(problem, left, 1, lower=lower)
    problem, second = _with_row(problem, right, 1, lower=lower)
    limits = frozenset({("lower", first), ("lower", second)})
    return Planted(problem, limits, "two floors above the people")


def crowded(problem, seed):
    """A floor above a ceiling that holds for the same people."""
    group, problem = _group(problem, seed)
    options = _all_options(problem, group)
    upper = max(1, len(group) // 3)
    problem, ceiling = _with_row(problem, options, 1, upper=upper)
    problem, floor = _with_row(problem, options, 1, lower=upper + 1)
    limits = frozenset({("upper", ceiling), ("lower", floor)})
    return Planted(problem, limits, "a floor above a ceiling")


def must_and_wall(problem, seed):
    """More people who must be placed than a ceiling over all of them allows."""
    group, problem = _group(problem, seed)
    must = problem.agent_must.copy()
    must[group] = True
    problem = problem.replace(agent_must=must)
    options = _all_options(problem, group)
    problem, ceiling = _with_row(problem, options, 1, upper=len(group) - 1)
    return Planted(problem, frozenset({("upper", ceiling)}), "duties above a ceiling")


def _group(problem, seed):
    """Return a tenth of the people, at least six, all with options."""
    rng = np.random.default_rng(seed)
    able = np.flatnonzero(np.diff(problem.agent_ptr) > 1)
    size = min(len(able), max(6, problem.num_agents // 10))
    return np.sort(rng.choice(able, size, replace=False)), problem


def _first_options(problem, group):
    return problem.agent_ptr[group]


def _all_options(problem, group):
    return np.flatnonzero(np.isin(problem.option_agent, group))


def _money(problem):
    """Return the largest amount of each option, which is what it costs."""
    return np.maximum.reduceat(problem.use_amount, problem.use_ptr[:-1])


def _cheapest(problem, group, allowed):
    money = np.where(allowed, _money(problem), 2**40)
    return np.minimum.reduceat(money, problem.agent_ptr[:-1])[group]


def _with_row(problem, options, amount, *, lower=0, upper=2**62):
    """Return the problem with one more resource that these options use."""
    count = np.diff(problem.use_ptr)
    extra = np.zeros(problem.num_options, dtype=np.int64)
    extra[options] = 1
    ptr = pointers(count + extra)
    resource = np.empty(ptr[-1], dtype=np.int32)
    amounts = np.empty(ptr[-1], dtype=np.int64)
    last = np.zeros(ptr[-1], dtype=bool)
    last[ptr[options + 1] - 1] = True
    resource[~last], amounts[~last] = problem.use_resource, problem.use_amount
    resource[last], amounts[last] = problem.num_resources, amount
    none = np.zeros(1, dtype=np.int64)
    return (
        problem.replace(
            use_ptr=ptr,
            use_resource=resource,
            use_amount=amounts,
            resource_upper=np.append(problem.resource_upper, upper),
            resource_lower=np.append(problem.resource_lower, lower),
            resource_only_if_used=np.append(problem.resource_only_if_used, False),
            resource_shortfall_price=np.append(problem.resource_shortfall_price, HARD),
            resource_excess_price=np.append(problem.resource_excess_price, HARD),
            resource_step=np.append(problem.resource_step, 1),
            supply_ptr=np.append(problem.supply_ptr, problem.supply_ptr[-1] + none),
        ),
        problem.num_resources,
    )
