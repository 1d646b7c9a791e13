"""Regret-2 greedy: everybody takes the best that fits, those first who would lose most.

At good prices almost everyone's best option fits. The regret of an agent is the reduced
value of its best option less that of the second best (0 for nothing); the largest
regrets choose first (Martello and Toth 1981, for generalised assignment). Then the rest
may take what is left, even below price.

Arrays: reduced values float64[options], choice int64[agents] with -1 for nothing.
"""

from collections.abc import Iterator

import numpy as np

from planner.optimiser.kernels.dispatch import dispatch
from planner.optimiser.kernels.pricing import place
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray
from planner.optimiser.relaxation.reduced_cost import best_two
from planner.optimiser.relaxation.row_model import RowModel

PART = 100_000
"""Agents placed or switched between two looks at the caller."""


def round_prices(model: RowModel, reduced: FloatArray) -> IntArray:
    """Return a choice that breaks no upper limit; lower limits may be left short.

    Parameters
    ----------
    reduced
        float64[options]; the better the prices, the better the plan.

    Returns
    -------
    int64[agents]
        Options of the model, -1 for nothing.
    """
    choice = np.full(model.num_agents, -1, dtype=np.int64)
    fill(model, reduced, choice, by_regret(model, reduced), 0.0)
    fill(model, reduced, choice, by_best(model, reduced), -np.inf)
    return choice


def fill(
    model: RowModel,
    reduced: FloatArray,
    choice: IntArray,
    order: IntArray,
    least: float,
    closed: BoolArray | None = None,
) -> int:
    """Place the unplaced agents in this order, where it fits; return how many.

    Parameters
    ----------
    choice
        int64[agents]; changed in place.
    order
        int64[k]; the agents who are asked, in this order.
    least
        Options of a smaller reduced value are left.
    closed
        bool[rows]; what may not be used at all.
    """
    walls = model.rows.walls(price=np.inf, closed=closed)
    use = model.use(choice)
    step, placed = dispatch(place, model.num_uses), 0
    for part in parts(order):
        placed += step(model.options, walls, part, reduced, least, use, choice)
    return placed


def parts(order: IntArray) -> Iterator[IntArray]:
    """Cut an order into parts, so that threads and callers get a turn."""
    for start in range(0, len(order), PART):
        yield order[start : start + PART]


def by_regret(model: RowModel, reduced: FloatArray) -> IntArray:
    """Return the agents by what the second best costs them; those who must, first."""
    best, second = best_two(model, reduced)
    regret = np.where(model.must, np.inf, best - np.maximum(second, 0.0))
    return np.argsort(-regret, kind="stable")


def by_best(model: RowModel, reduced: FloatArray) -> IntArray:
    """Return the agents by their best reduced value; those who must, first."""
    best, _ = best_two(model, reduced)
    return np.argsort(np.where(model.must, -np.inf, -best), kind="stable")
