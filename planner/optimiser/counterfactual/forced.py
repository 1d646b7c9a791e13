"""A choice forced or forbidden: the same problem with one demand more.

A resource that a single option uses, of which exactly one has to be used, or nothing:
agents and options keep their numbers, so a plan of the one problem reads as a plan of
the other.
"""

import numpy as np

from planner.optimiser.model.problem import HARD, IntArray, Problem


def forced(problem: Problem, option: int) -> Problem:
    """Return the problem in which an option has to be chosen."""
    return _demanded(problem, option, 1)


def forbidden(problem: Problem, option: int) -> Problem:
    """Return the problem in which an option must not be chosen."""
    return _demanded(problem, option, 0)


def with_more(problem: Problem, option: int, tier: int, more: int) -> Problem:
    """Return the problem in which an option is worth more in a tier."""
    value = problem.option_value.copy()
    if value.ndim == 1:
        value[option] += more
    else:
        value[option, tier] += more
    return problem.replace(option_value=value)


def with_less(problem: Problem, less: IntArray) -> Problem:
    """Return the problem in which each option is worth so much less in its first tier.

    Every plan of the given problem is one of this, and the other way round.

    Parameters
    ----------
    less: int64[options], 0 where nothing changes.
    """
    value = problem.option_value.copy()
    if value.ndim == 1:
        value -= less
    else:
        value[:, 0] -= less
    return problem.replace(option_value=value)


def _demanded(problem: Problem, option: int, amount: int) -> Problem:
    at = int(problem.use_ptr[option + 1])
    ptr = problem.use_ptr.copy()
    ptr[option + 1 :] += 1
    names = problem.resource_id
    return problem.replace(
        use_ptr=ptr,
        use_resource=np.insert(problem.use_resource, at, problem.num_resources),
        use_amount=np.insert(problem.use_amount, at, 1),
        resource_upper=np.append(problem.resource_upper, amount),
        resource_lower=np.append(problem.resource_lower, amount),
        resource_only_if_used=np.append(problem.resource_only_if_used, False),
        resource_shortfall_price=np.append(problem.resource_shortfall_price, HARD),
        resource_excess_price=np.append(problem.resource_excess_price, HARD),
        resource_step=np.append(problem.resource_step, 1),
        supply_ptr=np.append(problem.supply_ptr, problem.supply_ptr[-1]),
        opening_ptr=np.append(problem.opening_ptr, problem.opening_ptr[-1]),
        opening_value=np.append(
            problem.opening_value,
            np.zeros((1, *problem.opening_value.shape[1:]), np.int64),
            axis=0,
        ),
        resource_id=None if names is None else np.append(names, "demanded"),
    )
