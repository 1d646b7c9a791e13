"""Dominance: which options can matter to whether any plan exists at all.

Only duties and hard floors force anybody anywhere: without them the empty plan keeps
every limit. So only the options they call for matter, and of those only the ones that
are possible and ask for no more than another of the same agent:

    o dominates p of the same agent  if  use(o, m) <= use(p, m)  for one limit m without
    a floor, and  use(o, r) = use(p, r)  for every other limit r

(dominated columns, as in the presolve of integer programs: Achterberg, Bixby, Gu,
Rothberg and Weninger 2020). Arrays: bool[options] and bool[resources]; uses int64 in
units of their resource.
"""

import numpy as np

from planner.optimiser.model.problem import BoolArray, IntArray, Problem, pointers
from planner.optimiser.model.validate import UNLIMITED


def hard_floor(problem: Problem) -> BoolArray:
    """bool[r]; the resource must be used, whatever it costs."""
    hard = problem.resource_shortfall_price < 0
    floor: BoolArray = (
        hard & (problem.resource_lower > 0) & ~problem.resource_only_if_used
    )
    return floor


def hard_ceiling(problem: Problem) -> BoolArray:
    """bool[r]; the resource has an upper limit of its own that may not be passed."""
    hard = problem.resource_excess_price < 0
    ceiling: BoolArray = hard & (problem.resource_upper < UNLIMITED)
    return ceiling


def possible(problem: Problem) -> BoolArray:
    """bool[o]; the option keeps every limit when it is chosen alone.

    A cohort is impossible if all agents that could join it are too few.
    """
    use, amount = problem.use_resource, problem.use_amount
    give = np.where(hard_ceiling(problem), problem.resource_upper, UNLIMITED)
    for pool in np.flatnonzero(problem.resource_supplied):
        lines = problem.supply_index[slice(*problem.supply_ptr[pool : pool + 2])]
        give[pool] = min(UNLIMITED, sum(problem.supply_upper[lines].tolist()))
    broken = amount > give[use]
    closed = problem.resource_only_if_used & (problem.resource_shortfall_price < 0)
    reach = np.bincount(use, weights=amount, minlength=problem.num_resources)
    broken |= (closed & (reach < problem.resource_lower))[use] & (amount > 0)
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    whole: BoolArray = np.bincount(owner[broken], minlength=problem.num_options) == 0
    return whole


def called(problem: Problem) -> BoolArray:
    """bool[o]; a duty or a floor may call for the option."""
    serves = hard_floor(problem)[problem.use_resource] & (problem.use_amount > 0)
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    serving = np.bincount(owner[serves], minlength=problem.num_options) > 0
    result: BoolArray = serving | problem.agent_must[problem.option_agent]
    return result


def needed(problem: Problem) -> BoolArray:
    """bool[o]; a duty or a floor calls for the option, or for a cohort that it fills.

    If there is a plan at all, there is one of these options only.
    """
    hard = (problem.resource_shortfall_price < 0) & (problem.resource_lower > 0)
    cohort = hard & problem.resource_only_if_used
    entries = np.flatnonzero(cohort[problem.use_resource] & (problem.use_amount > 0))
    rows = problem.use_resource[entries]
    option = np.searchsorted(problem.use_ptr, entries, side="right") - 1
    kept, count = called(problem), -1
    while kept.sum() > count:
        count = int(kept.sum())
        running = np.zeros(problem.num_resources, dtype=bool)
        running[rows[kept[option]]] = True
        kept[option[running[rows]]] = True
    return kept


def with_options(problem: Problem, kept: BoolArray) -> Problem:
    """Return the problem with only these options."""
    sizes = np.diff(problem.use_ptr)
    uses = np.repeat(kept, sizes)
    ids = problem.option_id
    return problem.replace(
        option_agent=problem.option_agent[kept],
        option_value=problem.option_value[kept],
        option_id=None if ids is None else ids[kept],
        use_ptr=pointers(sizes[kept]),
        use_resource=problem.use_resource[uses],
        use_amount=problem.use_amount[uses],
    )


def forced_options(problem: Problem, counts: BoolArray | None = None) -> IntArray:
    """Return the options that are called for and not worse than others.

    `counts` are resources that matter though they have no limit here.
    """
    kept = np.flatnonzero(called(problem) & possible(problem))
    return _undominated(problem, kept, counts)


def _undominated(
    problem: Problem, options: IntArray, counts: BoolArray | None
) -> IntArray:
    """Leave out options that ask more of one limit than another of the same agent.

    Two options of an agent that use the same in all limits but one, which has no floor,
    differ only in how much they ask of it: the cheaper one serves as well. The limit
    left open is the one with the largest amount, which is money.
    """
    binding = hard_floor(problem) | hard_ceiling(problem) | problem.resource_supplied
    if counts is not None:
        binding = binding | counts
    sizes = np.diff(problem.use_ptr)
    owner = np.repeat(np.arange(problem.num_options), sizes)
    counts = binding[problem.use_resource] & (problem.use_amount > 0)
    owner, rows = owner[counts], problem.use_resource[counts]
    amount = problem.use_amount[counts]
    price = np.where(hard_floor(problem)[rows], 0, amount)
    largest = np.zeros(problem.num_options, dtype=np.int64)
    np.maximum.at(largest, owner, price)
    is_largest = (price == largest[owner]) & (price > 1)
    first = np.unique(owner[is_largest], return_index=True)[1]
    money = np.zeros(len(owner), dtype=bool)
    money[np.flatnonzero(is_largest)[first]] = True
    # Two independent hashes of what is used; the money only by its name.
    key = np.zeros((2, problem.num_options), dtype=np.uint64)
    shown = np.where(money, 0, amount).astype(np.uint64)
    for at, seed in enumerate((0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)):
        mixed = (rows.astype(np.uint64) + np.uint64(1)) * np.uint64(seed)
        mixed ^= mixed >> np.uint64(29)
        mixed *= (shown + np.uint64(7)) * np.uint64(seed | 1) + np.uint64(at)
        np.add.at(key[at], owner, mixed ^ (mixed >> np.uint64(32)))
    asked = np.zeros(problem.num_options, dtype=np.int64)
    asked[owner[money]] = amount[money]
    a, b = key[:, options]
    agent = problem.option_agent[options]
    order = np.lexsort((asked[options], b, a, agent))
    same = np.zeros(len(options), dtype=bool)
    same[1:] = (
        (np.diff(agent[order]) == 0)
        & (a[order][1:] == a[order][:-1])
        & (b[order][1:] == b[order][:-1])
    )
    return np.sort(options[order[~same]])
