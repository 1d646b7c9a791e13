"""A plan: which option each agent gets, and what follows from it.

    use(r)  = sum of use(choice(a), r)
    tier(t) = sum of value_t(choice(a)),  the first less the soft prices paid

All in whole numbers, recomputed from the data.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from planner.optimiser.model.problem import HARD, IntArray, Problem, spans
from planner.optimiser.model.validate import started

NOTHING = -1
"""The choice of an agent that gets no option."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """A choice for every agent, with everything else recomputed from the data.

    Attributes
    ----------
    choice
        int64[n]; the index of the chosen option, or `NOTHING`.
    use
        int64[r]; what the chosen options use of each resource.
    tiers
        The value of each tier; the soft prices paid are taken off the first.
    soft_paid
        What limits broken at a price cost in all.
    """

    choice: IntArray
    use: IntArray
    tiers: tuple[int, ...]
    soft_paid: int

    @classmethod
    def of(cls, problem: Problem, choice: IntArray) -> Self:
        """Return the plan that makes this choice."""
        choice = np.asarray(choice, dtype=np.int64).copy()
        choice.flags.writeable = False
        chosen = choice[choice != NOTHING]
        use = use_of(problem, chosen)
        paid = int(soft_prices(problem, use).sum())
        opened = problem.resource_opens & (use > 0)
        values = [
            int(problem.value(tier)[chosen].sum())
            + int(problem.value_of_opening(tier)[opened].sum())
            for tier in range(problem.num_tiers)
        ]
        values[0] -= paid
        return cls(choice=choice, use=use, tiers=tuple(values), soft_paid=paid)

    @property
    def objective(self) -> int:
        """The value of the last tier: of the only one, where there is one."""
        return self.tiers[-1]

    @property
    def num_placed(self) -> int:
        return int((self.choice != NOTHING).sum())


def use_of(problem: Problem, chosen: IntArray) -> IntArray:
    """Return what these options use of each resource together, int64[r].

    What they open uses other resources once, however many of them use it.

    Parameters
    ----------
    chosen
        int64[k]; options, none of them -1.
    """
    entries, _ = spans(problem.use_ptr, chosen)
    use = np.zeros(problem.num_resources, dtype=np.int64)
    np.add.at(use, problem.use_resource[entries], problem.use_amount[entries])
    opened = np.flatnonzero(problem.resource_opens & (use > 0))
    entries, _ = spans(problem.opening_ptr, opened)
    np.add.at(use, problem.opening_resource[entries], problem.opening_amount[entries])
    return use


def reach(problem: Problem) -> IntArray:
    """Return what is used of each resource if every agent uses as much as it can, and
    all opens that can, int64[r]."""
    owner = np.repeat(problem.option_agent, np.diff(problem.use_ptr))
    order = np.lexsort((problem.use_amount, owner, problem.use_resource))
    agent, resource = owner[order], problem.use_resource[order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (np.diff(agent) != 0) | (np.diff(resource) != 0)
    result = np.zeros(problem.num_resources, dtype=np.int64)
    np.add.at(result, resource[last], problem.use_amount[order[last]])
    np.add.at(result, problem.opening_resource, problem.opening_amount.clip(0))
    return result


def soft_prices(problem: Problem, use: IntArray) -> IntArray:
    """Return what each resource costs for being used too little or too much.

    Every started step of what is missing or too much costs the whole price. A resource
    that is `only_if_used` and not used costs nothing.
    """
    short = started(problem.resource_lower - use, problem.resource_step)
    over = started(use - problem.resource_upper, problem.resource_step)
    short[problem.resource_only_if_used & (use == 0)] = 0
    short_price = np.where(
        problem.resource_shortfall_price == HARD, 0, problem.resource_shortfall_price
    )
    over_price = np.where(
        problem.resource_excess_price == HARD, 0, problem.resource_excess_price
    )
    paid: IntArray = short * short_price + over * over_price
    return paid
