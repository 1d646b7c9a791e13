"""A problem without what others were promised: duties, and the prices of limits.

Every plan of the given problem is one of these, so a plan at hand stays a beginning.
"""

import numpy as np

from planner.optimiser.model.problem import HARD, BoolArray, IntArray, Problem


def without_duties(problem: Problem, agents: BoolArray) -> Problem:
    """Return the problem in which these agents need not be placed."""
    return problem.replace(agent_must=problem.agent_must & ~agents)


def without_floors(problem: Problem, resources: IntArray) -> Problem:
    """Return the problem in which nothing at least is asked for of these limits."""
    lower = problem.resource_lower.copy()
    lower[resources] = 0
    return problem.replace(resource_lower=lower)


def without_prices(problem: Problem, resources: IntArray) -> Problem:
    """Return the problem in which missing these limits is free; hard ones stay."""

    def free(price: IntArray) -> IntArray:
        price = price.copy()
        asked = np.zeros(len(price), bool)
        asked[resources] = True
        price[asked & (price != HARD)] = 0
        return price

    return problem.replace(
        resource_shortfall_price=free(problem.resource_shortfall_price),
        resource_excess_price=free(problem.resource_excess_price),
    )
