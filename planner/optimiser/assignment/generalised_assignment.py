"""Generalised assignment: problems that are nothing but bins, as a table.

    minimise sum cost_ij x_ij,  each job j in one bin i,  sum weight_ij x_ij <= room_i

(Martello and Toth 1990). Every option of an agent uses at most one limited resource,
and that resource has an upper limit and nothing else. Agents that may go without, and
options that use nothing scarce, belong to one more bin in which nothing weighs.
"""

from dataclasses import dataclass

import numpy as np

from planner.optimiser.model.plan import NOTHING
from planner.optimiser.model.problem import (
    UNLIMITED,
    BoolArray,
    FloatArray,
    IntArray,
    Problem,
)

MOST_CELLS = 4_000_000
"""Jobs x bins above which the table is not worth its size."""

MOST_ROOM = 20_000
"""Capacity above which a knapsack table is not worth its size."""

FINEST = 1024
"""Parts of a unit of cost in which prices on jobs are found, where numbers allow."""


@dataclass(frozen=True, eq=False)
class Bins:
    """Costs (minus values, scaled by `unit`), weights and capacities.

    Attributes
    ----------
    cost, weight, option
        int64[bins, jobs]; what job j costs and weighs in bin i, and the option that
        puts it there (`NOTHING` for none: it weighs nothing, or more than fits).
    capacity, resource
        int64[bins]; the size of each bin, and the resource it is (`NOTHING` for none).
    unit
        How many parts of `cost` are one unit of value.
    """

    cost: IntArray
    weight: IntArray
    option: IntArray
    capacity: IntArray
    resource: IntArray
    unit: int

    @property
    def cells(self) -> int:
        """The cells of all knapsack tables: what one look at the bound costs."""
        return self.num_jobs * int(self.capacity.sum() + self.num_bins)

    @property
    def num_bins(self) -> int:
        return int(self.cost.shape[0])

    @property
    def num_jobs(self) -> int:
        return int(self.cost.shape[1])

    def assigned(self, problem: Problem, choice: IntArray) -> IntArray:
        """Return the bin of each job in a feasible plan."""
        bin_of = np.zeros(problem.num_options + 1, dtype=np.int64)
        bins, jobs = np.nonzero(self.option != NOTHING)
        bin_of[self.option[bins, jobs]] = bins
        bin_of[NOTHING] = self.num_bins - 1
        assigned: IntArray = bin_of[choice]
        return assigned

    def job_prices(self, price: FloatArray) -> IntArray:
        """Return what each job costs at best, given the prices of resources."""
        of_bin = np.append(price, 0.0)[self.resource]
        full = self.cost + of_bin[:, None] * self.unit * self.weight
        full[self.weight > self.capacity[:, None]] = np.inf
        price_of_job: IntArray = np.rint(full.min(axis=0)).astype(np.int64)
        return price_of_job

    def choice(self, assigned: IntArray) -> IntArray:
        """Return the plan that puts each job into its bin."""
        choice: IntArray = self.option[assigned, np.arange(self.num_jobs)]
        return choice


def as_bins(problem: Problem) -> Bins | None:
    """Return the problem as bins, or None if it is more than that.

    Returns
    -------
    Bins or None
        None where some option uses two scarce resources, a limit is more than a size,
        or the table would be too large.
    """
    limited = _limited(problem)
    if limited is None:
        return None
    bin_of = np.full(problem.num_resources, NOTHING, dtype=np.int64)
    rows = np.flatnonzero(limited)
    bin_of[rows] = np.arange(len(rows))
    entries = np.flatnonzero(limited[problem.use_resource] & (problem.use_amount > 0))
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))[entries]
    if len(np.unique(owner)) < len(owner):
        return None
    bins = np.full(problem.num_options, len(rows), dtype=np.int64)
    bins[owner] = bin_of[problem.use_resource[entries]]
    weight = np.zeros(problem.num_options, dtype=np.int64)
    weight[owner] = problem.use_amount[entries]
    return _table(problem, bins, weight, rows)


def _limited(problem: Problem) -> BoolArray | None:
    """Return which resources are scarce, or None if one is more than a bin."""
    most = np.bincount(
        problem.use_resource,
        weights=problem.use_amount,
        minlength=problem.num_resources,
    )
    above = (problem.resource_upper < UNLIMITED) & (most > problem.resource_upper)
    more = problem.resource_supplied | (problem.resource_lower > 0)
    more |= above & (problem.resource_excess_price >= 0)
    return None if more.any() else above


def _table(
    problem: Problem, bins: IntArray, weight: IntArray, rows: IntArray
) -> Bins | None:
    upper = problem.resource_upper[rows]
    jobs, count = problem.num_agents, len(upper) + 1
    small = jobs * count <= MOST_CELLS and upper.max(initial=0) <= MOST_ROOM
    largest = int(np.abs(problem.option_value).max(initial=1)) + 1
    if not small or jobs < 2 or len(upper) < 2 or largest * jobs * 8 > UNLIMITED:
        return None
    owner = problem.option_agent
    if len(np.unique(bins * jobs + owner)) < len(owner):
        return None
    unit = FINEST
    while largest * jobs * 8 * unit > UNLIMITED:
        unit //= 2
    capacity = np.append(upper, 0)
    cost = np.zeros((count, jobs), dtype=np.int64)
    # What is not offered does not fit, except going without where that is allowed.
    heavy = np.repeat(capacity[:, None] + 1, jobs, axis=1)
    heavy[-1, ~problem.agent_must] = 0
    option = np.full((count, jobs), NOTHING, dtype=np.int64)
    cost[bins, owner] = -problem.option_value * unit
    heavy[bins, owner] = weight
    option[bins, owner] = np.arange(problem.num_options)
    better = (option[-1] != NOTHING) & ~problem.agent_must & (cost[-1] > 0)
    option[-1, better], cost[-1, better] = NOTHING, 0
    used = count if (heavy[-1] == 0).any() else count - 1
    resource = np.append(rows, NOTHING)
    return Bins(
        cost[:used], heavy[:used], option[:used], capacity[:used], resource[:used], unit
    )
