"""A first plan in plain Python, while nothing is compiled yet: some tenths of a second.

Everybody keeps the few options of most value, few enough for kernels that are not
machine code; regret greedy at no prices and repair make a plan of them. It is a poor
plan, and there long before prices are: importing Numba alone takes half a second.

Arrays: choice int64[agents], -1 for nothing.
"""

import numpy as np

from planner.optimiser.kernels.dispatch import COMPILE_FROM
from planner.optimiser.model.problem import IntArray
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.regret_greedy import round_prices
from planner.optimiser.primal.repair import Repairer
from planner.optimiser.relaxation.row_model import RowModel
from planner.optimiser.relaxation.subgradient import worth_of_a_choice


def plain_start(whole: RowModel, watch: Watch) -> IntArray | None:
    """Return a feasible choice, in the options of the problem, or None.

    None where the problem is too large for plain Python, or where no plan is met.
    """
    model = few_options(whole)
    if model is None:
        return None
    price, worth = np.zeros(len(model.rows)), model.value.astype(np.float64)
    unit = worth_of_a_choice(model)
    repair = Repairer(model, price, worth, unit, watch.parameters)
    choice = repair(round_prices(model, worth), watch)
    return model.original(choice) if model.feasible(choice) else None


def few_options(model: RowModel) -> RowModel | None:
    """Return the model with each agent's most valuable options, as many as have fewer
    uses than what is compiled; None where that is not one for each."""
    if model.num_uses < COMPILE_FROM:
        return model
    if model.num_agents * model.num_uses >= COMPILE_FROM * model.num_options:
        return None
    order = np.lexsort((-model.value, model.option_agent))
    rank = np.empty(model.num_options, dtype=np.int64)
    rank[order] = np.arange(model.num_options) - model.agent_ptr[model.option_agent]
    uses = np.diff(model.use_ptr)
    fitting = np.flatnonzero(np.cumsum(np.bincount(rank, uses)) < COMPILE_FROM)
    return model.keep(rank <= fitting[-1]) if len(fitting) else None
