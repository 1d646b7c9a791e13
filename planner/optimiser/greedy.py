"""A plan from prices: everybody takes the best that fits, the most decided first.

At good prices almost everyone's best option fits. Those who would lose most by getting
their second best choose first; then the rest may take what is left, even below price.
"""

from collections.abc import Iterator

import numpy as np

from planner.optimiser.flat import Model
from planner.optimiser.kernels import kernel
from planner.optimiser.problem import BoolArray, FloatArray, IntArray

PART = 100_000
"""Agents placed or switched between two looks at the caller."""


def round_prices(model: Model, reduced: FloatArray) -> IntArray:
    """Return a choice that breaks no upper limit; lower limits may be left short."""
    choice = np.full(model.num_agents, -1, dtype=np.int64)
    fill(model, reduced, choice, by_regret(model, reduced), 0.0)
    fill(model, reduced, choice, by_best(model, reduced), -np.inf)
    return choice


def fill(
    model: Model,
    reduced: FloatArray,
    choice: IntArray,
    order: IntArray,
    least: float,
    closed: BoolArray | None = None,
) -> int:
    """Place the unplaced agents in this order, where it fits; return how many."""
    walls = model.rows.walls(price=np.inf, closed=closed)
    use = model.use(choice)
    step, placed = kernel("place", model.num_uses), 0
    for part in parts(order):
        placed += step(model.options, walls, part, reduced, least, use, choice)
    return placed


def parts(order: IntArray) -> Iterator[IntArray]:
    """Cut an order into parts, so that threads and callers get a turn."""
    for start in range(0, len(order), PART):
        yield order[start : start + PART]


def by_regret(model: Model, reduced: FloatArray) -> IntArray:
    """Return the agents by what the second best costs them; those who must, first."""
    best, second = best_two(model, reduced)
    regret = np.where(model.must, np.inf, best - np.maximum(second, 0.0))
    return np.argsort(-regret, kind="stable")


def by_best(model: Model, reduced: FloatArray) -> IntArray:
    """Return the agents by their best reduced value; those who must, first."""
    best, _ = best_two(model, reduced)
    return np.argsort(np.where(model.must, -np.inf, -best), kind="stable")


def best_two(model: Model, reduced: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each agent's best and second best reduced value, -inf where none."""
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
