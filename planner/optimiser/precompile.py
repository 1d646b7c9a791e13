"""Compile the kernels ahead of time: python -m planner.optimiser.precompile

Numba keeps the machine code beside the source, or in `NUMBA_CACHE_DIR`. Without this
the first large problem on a machine waits some seconds for it.
"""

import numpy as np

from planner.optimiser.assignment.matheuristic import touch_kernels
from planner.optimiser.kernels.dispatch import ONCE_FROM
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.problem import HARD, UNLIMITED, Problem
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.cohort_opening import decide
from planner.optimiser.primal.regret_greedy import round_prices
from planner.optimiser.primal.repair import Repairer
from planner.optimiser.relaxation.lagrangian import Lagrangian, Level
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import (
    Sweeper,
    find_prices,
    worth_of_a_choice,
)
from planner.optimiser.relaxation.volume import volume
from planner.optimiser.search.decomposition import split


def specimen(people: int = 1 + ONCE_FROM // 6, slots: int = 80) -> Problem:
    """Return a problem with cohorts and pools, just large enough to be compiled."""
    rng = np.random.default_rng(1)
    slot = (rng.integers(0, slots, (people, 1)) + np.arange(3) * 7) % slots
    rows, options = slots + 2, 3 * people
    pool = slots + slot.ravel() % 2
    seats = np.full(rows, people // slots // 2)
    cohort = np.arange(rows) < slots
    return Problem(
        agent_must=np.zeros(people, dtype=bool),
        option_agent=np.repeat(np.arange(people), 3),
        option_value=rng.integers(100, 900, options),
        use_ptr=np.arange(0, 2 * options + 1, 2),
        use_resource=np.stack([slot.ravel(), pool], axis=1).ravel(),
        use_amount=np.ones(2 * options, dtype=np.int64),
        resource_upper=np.where(cohort, seats, UNLIMITED),
        resource_lower=np.where(cohort, seats - 2, 0),
        resource_only_if_used=cohort,
        resource_shortfall_price=np.full(rows, HARD),
        resource_excess_price=np.full(rows, HARD),
        supply_upper=np.array([people // 9, people // 9, people // 9]),
        supply_ptr=np.append(np.zeros(slots + 1, dtype=np.int64), [2, 4]),
        supply_index=np.array([0, 1, 0, 2]),
    )


def warm() -> None:
    """Call every kernel once on a problem that has a use for it."""
    problem, watch = specimen(), Watch(Limits(seconds=600))
    split(problem)
    model = flatten(problem)
    unit = worth_of_a_choice(model)
    with Sweeper(model, 1) as sweep:
        descent = find_prices(model, sweep, watch, sweeps=20, start=None)
        reduced = sweep.reduced(descent.price)
        levels = [Level(model.value, 0)]
        volume(Lagrangian(model, sweep, levels), watch, sweeps=20, seconds=60)
    Repairer(model, descent.price, reduced, unit)(round_prices(model, reduced), watch)
    decide(model, descent, unit, watch)
    touch_kernels()


if __name__ == "__main__":
    warm()
