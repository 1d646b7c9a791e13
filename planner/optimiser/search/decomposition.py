"""Decomposition into connected components: blocks with no scarce resource in common.

A resource that is not scarce, because everybody together could not use more than there
is, ties nobody to anybody. Agents who share a scarce one, or scarce lines behind their
pools, belong together; blocks without one in common are problems of their own, and

    the best plan of the whole = the best plans of the blocks, put together

with the sum of their bounds, since a price counts in one block only. Components are
found by hooking labels onto smaller ones (Shiloach and Vishkin 1982).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.optimiser.kernels.dispatch import ONCE_FROM, dispatch
from planner.optimiser.kernels.pricing import Options, reach
from planner.optimiser.model.fees import Fees
from planner.optimiser.model.parameters import DEFAULTS
from planner.optimiser.model.problem import (
    UNLIMITED,
    BoolArray,
    IntArray,
    Problem,
    pointers,
    spans,
)

CHUNK = 1 << 20
"""Options looked at together, so that a large problem needs no second copy."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some agents of a whole problem, with all that is scarce for them.

    `agent`, `option`, `resource` and `supply` are the places in the whole. Resources
    that are not scarce are in no part.
    """

    whole: Problem
    agent: IntArray
    resource: IntArray
    supply: IntArray

    @cached_property
    def option(self) -> IntArray:
        inside = np.zeros(self.whole.num_agents, dtype=bool)
        inside[self.agent] = True
        return np.flatnonzero(inside[self.whole.option_agent])

    @cached_property
    def problem(self) -> Problem:
        """The part as a problem of its own."""
        whole, row = self.whole, self.resource
        place = np.full(whole.num_resources, -1, dtype=np.int32)
        place[row] = np.arange(len(row))
        line = np.full(whole.num_supplies, -1, dtype=np.int32)
        line[self.supply] = np.arange(len(self.supply))
        entries, counts = spans(whole.use_ptr, self.option)
        resource = place[whole.use_resource[entries]]
        scarce = resource >= 0
        owner = np.repeat(np.arange(len(counts)), counts)[scarce]
        lines, supplies = spans(whole.supply_ptr, row)
        return whole.replace(
            agent_must=whole.agent_must[self.agent],
            option_agent=np.searchsorted(self.agent, whole.option_agent[self.option]),
            option_value=whole.option_value[self.option],
            use_ptr=pointers(np.bincount(owner, minlength=len(counts))),
            use_resource=resource[scarce],
            use_amount=whole.use_amount[entries][scarce],
            resource_upper=whole.resource_upper[row],
            resource_lower=whole.resource_lower[row],
            resource_only_if_used=whole.resource_only_if_used[row],
            resource_shortfall_price=whole.resource_shortfall_price[row],
            resource_excess_price=whole.resource_excess_price[row],
            resource_step=whole.resource_step[row],
            supply_upper=whole.supply_upper[self.supply],
            supply_ptr=pointers(supplies),
            supply_index=line[whole.supply_index[lines]],
            agent_id=None,
            option_id=None,
            resource_id=None,
            supply_id=None,
        )

    def inside(self, choice: IntArray) -> IntArray:
        """Return the part of a choice of the whole, in the options of the part."""
        own = choice[self.agent]
        placed = own >= 0
        own = own.copy()
        own[placed] = np.searchsorted(self.option, own[placed])
        return own

    def fees(self, fees: Fees) -> Fees:
        """Return fees of the part as those of the whole."""
        option, resource = self.option[fees.option], self.resource[fees.resource]
        return replace(fees, option=option, resource=resource)

    def outside(self, choice: IntArray) -> IntArray:
        """Return a choice of the part in the options of the whole, int64[agents]."""
        return np.where(choice >= 0, self.option[choice], -1)


def split(
    problem: Problem, least: int = DEFAULTS.decomposition.least_options
) -> list[Block]:
    """Return the blocks of a problem, the smallest first; often it is only one.

    Blocks of fewer options than `least` are put together.

    Parameters
    ----------
    least
        Options of a block at least.

    Returns
    -------
    list of Block
        The first also has what nobody uses, so that all blocks together are the
        problem.
    """
    if problem.num_options < 2 * least:
        return [_everything(problem)]
    resources = problem.num_resources
    options = Options(
        problem.agent_ptr, problem.value(), problem.use_ptr, problem.use_resource,
        problem.use_amount, problem.agent_must,
    )  # fmt: skip
    scarce = scarce_resources(problem, options)
    first, component = _components(problem, scarce)
    label = np.full(problem.num_agents, -1, dtype=np.int64)
    tied = first >= 0
    label[tied] = component[first[tied]]
    kinds, size = np.unique(label[problem.option_agent], return_counts=True)
    group = _together(size, least)
    if group.max(initial=0) == 0:
        return [_everything(problem)]
    # What nobody uses is with the first, for it may still cost something.
    number = np.zeros(len(component) + 1, dtype=np.int64)
    number[kinds] = group
    of_agent = number[label]
    of_row = number[component]
    return [
        Block(
            problem,
            np.flatnonzero(of_agent == part),
            np.flatnonzero((of_row[:resources] == part) & scarce),
            np.flatnonzero(of_row[resources:] == part),
        )
        for part in range(int(group.max()) + 1)
    ]


def scarce_resources(problem: Problem, options: Options) -> BoolArray:
    """Return the resources whose limits could make a difference.

    Parameters
    ----------
    options
        The options of the problem, as kernels read them.

    Returns
    -------
    bool[resources]
        False where all agents together could not use more than there is, and no floor
        is asked for; for a pool, where one of its lines could pay for all.
    """
    most = np.zeros(problem.num_resources, dtype=np.float64)
    dispatch(reach, problem.num_uses, ONCE_FROM)(options, most)
    scarce: BoolArray = (most > problem.resource_upper) | (problem.resource_lower > 0)
    supplied = problem.resource_supplied
    lines = problem.supply_index
    pool = np.repeat(np.arange(problem.num_resources), np.diff(problem.supply_ptr))
    asked = np.bincount(lines, most[pool], minlength=problem.num_supplies)
    unlimited = problem.supply_upper == UNLIMITED
    ample = unlimited | (asked <= problem.supply_upper)
    relieved = np.zeros(problem.num_resources, dtype=bool)
    relieved[pool[ample[lines]]] = True
    return np.where(supplied, ~relieved, scarce)


def _components(problem: Problem, scarce: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the connected components of what is scarce.

    An agent connects all scarce resources it could use, a scarce pool the lines that
    supply it. Components are numbered in the order of their first resource.

    Returns
    -------
    first
        int64[agents]; a scarce resource that each agent could use, -1 for none.
    component
        int64[resources + lines]; the component of each.
    """
    rows, ptr = problem.num_resources, problem.use_ptr
    first = np.full(problem.num_agents, -1, dtype=np.int64)
    label = np.arange(rows + problem.num_supplies)
    for start in range(0, problem.num_options, CHUNK):
        end = min(start + CHUNK, problem.num_options)
        row = problem.use_resource[ptr[start] : ptr[end]]
        counts = np.diff(ptr[start : end + 1])
        agent = np.repeat(problem.option_agent[start:end], counts)
        agent, row = agent[scarce[row]], row[scarce[row]]
        new = first[agent] < 0
        first[agent[new]] = row[new]
        label = connected(first[agent], row.astype(np.int64), label)
    pool = np.repeat(np.arange(rows), np.diff(problem.supply_ptr))
    drawn = scarce[pool]
    label = connected(
        pool[drawn], rows + problem.supply_index[drawn].astype(np.int64), label
    )
    _, component = np.unique(label, return_inverse=True)
    return first, component


def connected(one: IntArray, other: IntArray, label: IntArray) -> IntArray:
    """Return the labels with more edges: the smallest node each is connected with.

    Parameters
    ----------
    one, other
        int64[edges]; the ends of each edge.
    label
        int64[nodes]; the same for the edges before, at first every node itself.
    """
    new = label[one] != label[other]
    one, other = label[one[new]], label[other[new]]
    while len(one):
        before = label.copy()
        np.minimum.at(label, before[one], before[other])
        np.minimum.at(label, before[other], before[one])
        label = label[label]
        if (label == before).all():
            break
    return label


def _together(size: IntArray, least: int) -> IntArray:
    """Return the number of the part for each group of this many options."""
    group = np.zeros(len(size), dtype=np.int64)
    number, filled = 0, 0
    for at in np.argsort(size, kind="stable"):
        if filled >= least:
            number, filled = number + 1, 0
        group[at] = number
        filled += int(size[at])
    if filled < least and number > 0:
        group[group == number] = number - 1
    return group


def _everything(problem: Problem) -> Block:
    return Block(
        problem,
        np.arange(problem.num_agents),
        np.arange(problem.num_resources),
        np.arange(problem.num_supplies),
    )
