"""What opens, written as agents: a cohort that uses others once needs no new method.

A cohort r that uses resources by opening, or has a value by it, gets an agent who must
take one of two options: *open* uses what opening uses and is worth what it is worth;
*closed* uses all there can be, M, of a resource of its own, r':

    lower  <=  M closed + sum of use(o, r) x(o)  <=  M           (use of r')

So nobody is in it while it is closed, and somebody is while it is open. The cohort
keeps its own limits. What opening gives back of a resource, closed uses of it instead,
and the limits of that are moved up by as much. A plan of the one problem is a plan of
the other, worth the same. Where r has fewer seats than could come, prices of r and r'
prove together, for r, at least what they prove apart.

Arrays: choice int64[agents], prices float64[resources].
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.optimiser.model.plan import Plan, reach
from planner.optimiser.model.problem import (
    HARD,
    UNLIMITED,
    FloatArray,
    IntArray,
    Problem,
    pointers,
    spans,
)


@dataclass(frozen=True, eq=False)
class Written:
    """A problem with openings, and the same with agents in their place.

    Attributes
    ----------
    whole, problem
        The problem as it is given, and as it is searched.
    cohort
        int64[k]; the resources that open. Their agents, two options each, and the
        resources r' come last in `problem`, in this order.
    """

    whole: Problem
    problem: Problem
    cohort: IntArray

    @property
    def opens(self) -> IntArray:
        """int64[k]; of each cohort the option that opens it. The next one closes it."""
        result: IntArray = self.whole.num_options + 2 * np.arange(len(self.cohort))
        return result

    def inside(self, choice: IntArray) -> IntArray:
        """Return a choice of the whole with those of the openings."""
        use = Plan.of(self.whole, choice).use
        return np.concatenate([choice, self.opens + (use[self.cohort] == 0)])

    def outside(self, choice: IntArray) -> IntArray:
        """Return a choice without those of the openings."""
        return choice[: self.whole.num_agents]

    def telling(
        self, on_plan: Callable[[IntArray], None]
    ) -> Callable[[IntArray], None]:
        """Return a listener to plans of `problem` that tells of the whole."""
        return lambda choice: on_plan(self.outside(choice))

    def prices(self, price: FloatArray) -> FloatArray:
        """Return prices of the whole: of r and r' together."""
        own = price[: self.whole.num_resources].copy()
        own[self.cohort] += price[self.whole.num_resources :]
        return own


def written(problem: Problem, *, tight: bool = True) -> Written:
    """Return the problem with openings as agents; as it is where there are none.

    Parameters
    ----------
    tight
        r' has the hard limits of r, so that a linear program sees more; otherwise the
        limits of r can be moved alone.
    """
    cohort = np.flatnonzero(problem.resource_opens)
    if not len(cohort):
        return Written(problem, problem, cohort)
    lower = np.ones(len(cohort), dtype=np.int64)
    full = reach(problem)[cohort]
    if tight:
        floor = np.where(
            problem.resource_shortfall_price == HARD, problem.resource_lower, 1
        )
        lower = np.maximum(floor[cohort], 1)
        hard = problem.resource_excess_price[cohort] == HARD
        full = np.where(hard, np.minimum(full, problem.resource_upper[cohort]), full)
    full = np.maximum(full, lower)
    return Written(problem, _with_agents(problem, cohort, lower, full), cohort)


def _with_agents(
    problem: Problem, cohort: IntArray, lower: IntArray, full: IntArray
) -> Problem:
    count = len(cohort)
    value = np.zeros((2 * count, *problem.option_value.shape[1:]), dtype=np.int64)
    value[::2] = problem.opening_value[cohort]
    return with_pairs(
        _moved(problem),
        value=value,
        uses=_uses(problem, cohort, full),
        lower=lower,
        upper=full,
        supply_ptr=np.full(count, problem.supply_ptr[-1]),
    )


def _moved(problem: Problem) -> Problem:
    """Return the problem with limits moved up by what opening could give back."""
    back = np.zeros(problem.num_resources, dtype=np.int64)
    np.add.at(back, problem.opening_resource, -problem.opening_amount.clip(max=0))
    if not back.any():
        return problem
    lower, upper = problem.resource_lower, problem.resource_upper
    return problem.replace(
        # Without a floor there is none, as no use is below 0.
        resource_lower=lower + np.where(lower > 0, back, 0),
        resource_upper=upper + np.where(upper < UNLIMITED, back, 0),
    )


def with_pairs(
    problem: Problem,
    *,
    value: IntArray,
    uses: tuple[IntArray, IntArray, IntArray],
    lower: IntArray,
    upper: IntArray,
    supply_ptr: IntArray,
    supply_index: IntArray | tuple[()] = (),
) -> Problem:
    """Add agents who must take one of two options each, and as many resources.

    They come last, and nothing opens in the problem that is returned.

    Parameters
    ----------
    value
        int64[2k] or int64[2k, tiers]; what the options of the k agents are worth.
    uses
        Pointers, resources and amounts of all options, those of before among them.
    lower, upper
        int64[k]; the hard limits of the resources.
    supply_ptr, supply_index
        int64[k] and int64[...]; where the supply lines of each resource end, and which.
    """
    count = len(lower)
    none, no = np.full(count, HARD), np.zeros(count, dtype=bool)
    agent = problem.num_agents + np.repeat(np.arange(count), 2)
    ptr, resource, amount = uses
    return problem.replace(
        agent_must=np.append(problem.agent_must, ~no),
        option_agent=np.append(problem.option_agent, agent),
        option_value=np.concatenate([problem.option_value, value]),
        use_ptr=ptr,
        use_resource=resource,
        use_amount=amount,
        resource_upper=np.append(problem.resource_upper, upper),
        resource_lower=np.append(problem.resource_lower, lower),
        resource_only_if_used=np.append(problem.resource_only_if_used, no),
        resource_shortfall_price=np.append(problem.resource_shortfall_price, none),
        resource_excess_price=np.append(problem.resource_excess_price, none),
        resource_step=np.append(problem.resource_step, np.ones(count, dtype=np.int64)),
        supply_ptr=np.append(problem.supply_ptr, supply_ptr),
        supply_index=np.append(
            problem.supply_index, np.asarray(supply_index, dtype=np.int64)
        ),
        opening_ptr=(),
        opening_resource=(),
        opening_amount=(),
        opening_value=(),
        agent_id=None,
        option_id=None,
        resource_id=None,
        supply_id=None,
    )


def _uses(
    problem: Problem, cohort: IntArray, full: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the uses of the options, of r' too, then those of open and closed."""
    number = np.full(problem.num_resources, -1, dtype=np.int64)
    number[cohort] = problem.num_resources + np.arange(len(cohort))
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    inside = number[problem.use_resource] >= 0
    opening, counts = spans(problem.opening_ptr, cohort)
    first = problem.num_options + 2 * np.arange(len(cohort))
    much = problem.opening_amount[opening]
    # What opening gives back, the option after, closed, uses.
    opened = np.repeat(first, counts) + (much < 0)
    option = np.concatenate([owner, owner[inside], opened, first + 1])
    resource = np.concatenate(
        [
            problem.use_resource,
            number[problem.use_resource[inside]],
            problem.opening_resource[opening],
            number[cohort],
        ]
    )
    amount = np.concatenate(
        [
            problem.use_amount,
            problem.use_amount[inside],
            np.abs(much),
            full,
        ]
    )
    order = np.argsort(option, kind="stable")
    sizes = np.bincount(option, minlength=problem.num_options + 2 * len(cohort))
    return pointers(sizes), resource[order], amount[order]
