"""Reduced costs: what an option is worth at the prices of what it uses.

    reduced(o) = value(o) - sum of price(r) * use(o, r) - fees of o     float64[options]
    loss(o)    = best reduced value of its agent - reduced(o)  >= 0 but for rounding

The loss is what choosing o costs against the Lagrangian bound, so an option whose loss
is above the gap is in no better plan: reduced-cost fixing (Dantzig, Fulkerson and
Johnson 1954).
"""

import numpy as np

from planner.optimiser.model.problem import BoolArray, FloatArray, Problem
from planner.optimiser.relaxation.row_model import RowModel
from planner.optimiser.relaxation.subgradient import DualSolution

NO_LOSS = 1e-4
"""A loss that is no more than this is that of an option as good as the best."""

ROUNDING = 1e-6
"""Room for the rounding of bounds that are floats."""


def best_two(model: RowModel, reduced: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each agent's best and second best reduced value, -inf where none.

    Parameters
    ----------
    reduced
        float64[options]; values less the price of what the options use.

    Returns
    -------
    best, second
        float64[agents]; equal where two options tie.
    """
    best = np.full(model.num_agents, -np.inf)
    second = best.copy()
    owners = np.flatnonzero(np.diff(model.agent_ptr))
    if len(owners) == 0:
        return best, second
    starts = model.agent_ptr[owners]
    best[owners] = np.maximum.reduceat(reduced, starts)
    at_best = reduced == np.repeat(best, np.diff(model.agent_ptr))
    tied = np.add.reduceat(at_best.astype(np.int64), starts) > 1
    rest = np.maximum.reduceat(np.where(at_best, -np.inf, reduced), starts)
    second[owners] = np.where(tied, best[owners], rest)
    return best, second


def losses(model: RowModel, reduced: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each option's loss, and each agent's best reduced value.

    Parameters
    ----------
    reduced
        float64[options]; values less the price of what the options use.

    Returns
    -------
    loss
        float64[options]; how far an option is below the best of its agent, which is at
        least 0 for an agent that may go without.
    best
        float64[agents]; -inf for an agent who must and has no option.
    """
    best, _ = best_two(model, reduced)
    best = np.where(model.must, best, np.maximum(best, 0.0))
    return np.repeat(best, np.diff(model.agent_ptr)) - reduced, best


def width_for(loss: FloatArray, count: int) -> float:
    """Return the loss that this many options stay below that lose anything.

    Parameters
    ----------
    loss
        float64[options], as of `losses`.

    Returns
    -------
    float
        In units of value; infinite where no more options than that lose anything.
    """
    losing = loss[loss > NO_LOSS]
    if count >= len(losing):
        return np.inf
    return float(np.partition(losing, count)[count])


def fixed_by_reduced_cost(
    problem: Problem, prices: DualSolution | None, wanted: int | None
) -> tuple[BoolArray | None, BoolArray | None]:
    """Return what a plan worth `wanted` can look like, by reduced-cost fixing.

    With the bound B of the prices, an option of loss l is in no plan worth more than
    B - l, and an agent whose best option is worth more than B - wanted is placed in
    every plan worth that.

    Parameters
    ----------
    prices
        A Lagrangian dual solution, or None for nothing known.
    wanted
        The objective that a plan has to reach, or None for any.

    Returns
    -------
    keep
        bool[options]; what such a plan may choose. None if the prices show that there
        is no such plan.
    settled
        bool[agents]; those who get one of their kept options in every such plan; None
        where nothing is known.
    """
    every = np.ones(problem.num_options, dtype=bool)
    if prices is None or wanted is None:
        return every, None
    rounding = ROUNDING + 1e-9 * abs(float(prices.bound))
    room = float(prices.bound) - wanted + rounding
    if room < 0:
        return None, None
    reduced, best = reduced_values(problem, prices)
    loss = best[problem.option_agent] - reduced
    return loss <= room, best > room


def reduced_values(
    problem: Problem, prices: DualSolution
) -> tuple[FloatArray, FloatArray]:
    """Return each option's value less what it pays, and each agent's best.

    An option pays the price of what it uses, and the fees of the cohorts it is in.

    The best is at least 0 for an agent that may go without. Unlike `losses` this needs
    no model: prices are those of resources.

    Returns
    -------
    reduced
        float64[options].
    best
        float64[agents]; -inf for an agent who must and has no option.
    """
    cost = prices.price[problem.use_resource] * problem.use_amount
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    paid = np.bincount(owner, weights=cost, minlength=problem.num_options)
    reduced = prices.fees.less(problem.option_value - paid)
    best = np.zeros(problem.num_agents)
    best[problem.agent_must] = -np.inf
    np.maximum.at(best, problem.option_agent, reduced)
    return reduced, best
