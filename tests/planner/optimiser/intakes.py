"""Small made-up intakes for the tests of the search, and what they have in common."""

import numpy as np

from planner.optimiser import Limits, Problem
from planner.optimiser.model.parameters import DEFAULTS
from planner.optimiser.model.problem import HARD, UNLIMITED
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.repair import Repairer
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import (
    Descent,
    Sweeper,
    find_prices,
    worth_of_a_choice,
)


def intake(*, people=60, slots=6, seed=1, floor=0, budget=0.5, pools=False):
    """People with four eligible slots each, seats, and a budget or shared lines."""
    rng = np.random.default_rng(seed)
    slot = np.concatenate([rng.choice(slots, 4, replace=False) for _ in range(people)])
    options = len(slot)
    cost = rng.integers(20, 90, options)
    rows = slots + (2 if pools else 1)
    money = slots + (slot % 2 if pools else np.zeros(options, dtype=np.int64))
    total = int(cost.sum() / 4 * budget)
    upper = np.full(rows, people // slots)
    upper[slots:] = UNLIMITED if pools else total
    supplied = np.array([0] * slots + ([2, 2] if pools else [0]))
    return Problem(
        agent_must=np.zeros(people, dtype=bool),
        option_agent=np.repeat(np.arange(people), 4),
        option_value=rng.integers(100, 900, options),
        use_ptr=np.arange(0, 2 * options + 1, 2),
        use_resource=np.stack([slot, money], axis=1).ravel(),
        use_amount=np.stack([np.ones(options, dtype=np.int64), cost], axis=1).ravel(),
        resource_upper=upper,
        resource_lower=np.where(np.arange(rows) < slots, floor, 0),
        resource_only_if_used=(np.arange(rows) < slots) & (floor > 0),
        resource_shortfall_price=np.full(rows, HARD),
        resource_excess_price=np.full(rows, HARD),
        supply_upper=np.array([total // 2, total // 4, total // 4] if pools else []),
        supply_ptr=np.cumsum([0, *supplied]),
        supply_index=np.array([0, 1, 0, 2] if pools else []),
    )


def priced(problem, *, sweeps=120):
    """Return the model, its prices, and the reduced values at them."""
    model = flatten(problem)
    with Sweeper(model, 1) as sweep:
        descent: Descent = find_prices(
            model, sweep, Watch(Limits()), sweeps=sweeps, start=None
        )
        return model, descent, sweep.reduced(descent.price)


def repairer(problem, parameters=DEFAULTS):
    """Return a repairer at good prices."""
    model, descent, reduced = priced(problem)
    unit = worth_of_a_choice(model)
    return Repairer(model, descent.price, reduced, unit, parameters)
