"""Reduced costs: what an option is worth at the prices of what it uses.

    reduced(o) = value(o) - sum of price(r) * use(o, r)        float64[options]
    loss(o)    = best reduced value of its agent - reduced(o)  >= 0 but for rounding

The loss is what choosing o costs against the Lagrangian bound, so an option whose loss
is above the gap is in no better plan: reduced-cost fixing (Dantzig, Fulkerson and
Johnson 1954).
"""

import numpy as np

from planner.optimiser.model.problem import FloatArray
from planner.optimiser.relaxation.row_model import RowModel


def best_two(model: RowModel, reduced: FloatArray) -> tuple[FloatArray, FloatArray]:
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
