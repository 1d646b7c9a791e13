"""Small random problems with every feature, and their optimum by trying everything.

Nothing here is shared with the package: limits are read off the problem once more, and
what budget lines can carry is checked pool set by pool set.
"""

import itertools

import numpy as np

from planner.optimiser.model.plan import Plan
from planner.optimiser.model.problem import UNLIMITED, Problem


def random_problem(rng, *, agents=4, options=3, tiers=1, opens=False):
    """Return a problem with at most this many agents, and options for each.

    With `opens` cohorts use others by opening, which the search sees as agents only.
    """
    num_agents, num_resources = (
        int(rng.integers(1, agents + 1)),
        int(rng.integers(1, 5)),
    )
    num_supplies = int(rng.integers(0, 4))
    must = rng.random(num_agents) < 0.3
    counts = [int(rng.integers(int(m), options + 1)) for m in must]
    owners = np.repeat(np.arange(num_agents), counts)
    uses = [np.flatnonzero(rng.random(num_resources) < 0.5) for _ in owners]
    supplies = [
        np.flatnonzero(rng.random(num_supplies) < 0.5 * (rng.random() < 0.4))
        for _ in range(num_resources)
    ]
    supplied = np.array([len(lines) > 0 for lines in supplies])
    upper = rng.integers(0, 12, num_resources)
    lower = np.minimum(rng.integers(-5, 6, num_resources).clip(0), upper)
    upper[supplied | (rng.random(num_resources) < 0.2)] = UNLIMITED
    lower[supplied] = 0
    value = rng.integers(-5, 20, (len(owners), tiers))
    problem = Problem(
        agent_must=must,
        option_agent=owners.astype(np.int32),
        option_value=value[:, 0] if tiers == 1 else value,
        use_ptr=np.cumsum([0, *map(len, uses)]),
        use_resource=joined(uses).astype(np.int32),
        use_amount=rng.integers(0, 6, len(joined(uses))),
        resource_upper=upper,
        resource_lower=lower,
        resource_only_if_used=(rng.random(num_resources) < 0.4) & ~supplied,
        resource_shortfall_price=soft(rng, supplied),
        resource_excess_price=soft(rng, supplied),
        supply_upper=rng.integers(0, 12, num_supplies),
        supply_ptr=np.cumsum([0, *map(len, supplies)]),
        supply_index=joined(supplies).astype(np.int32),
    )
    step = np.where(supplied, 1, rng.integers(1, 4, num_resources))
    problem = problem.replace(resource_step=step)
    return opening(rng, problem) if opens else problem


def opening(rng, problem):
    """Return the problem with openings: about a third of what cohorts could use."""
    cohort, tiers = problem.resource_only_if_used, problem.num_tiers
    drawn = rng.random((len(cohort), len(cohort))) < 0.3
    uses = [np.flatnonzero(row) for row in drawn & cohort[:, None] & ~cohort]
    worth = rng.integers(-6, 4, (len(cohort), tiers)) * cohort[:, None]
    return problem.replace(
        opening_ptr=np.cumsum([0, *map(len, uses)]),
        opening_resource=joined(uses).astype(np.int32),
        opening_amount=rng.integers(0, 4, len(joined(uses))),
        opening_value=worth[:, 0] if tiers == 1 else worth,
    )


def soft(rng, supplied):
    """Return soft prices for a few of the resources, -1 for the hard ones."""
    some = (rng.random(len(supplied)) < 0.3) & ~supplied
    return np.where(some, rng.integers(0, 6, len(supplied)), -1)


def joined(arrays):
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])


def best_tiers(problem):
    """Return the lexicographically best tiers of any plan, or None if there is none."""
    choices = [
        [*([] if problem.agent_must[agent] else [-1]), *range(first, last)]
        for agent, (first, last) in enumerate(itertools.pairwise(problem.agent_ptr))
    ]
    plans = (
        Plan.of(problem, np.array(choice, dtype=np.int64))
        for choice in itertools.product(*choices)
    )
    return max((plan.tiers for plan in plans if keeps(problem, plan)), default=None)


def keeps(problem, plan):
    """Whether a plan keeps every hard limit."""
    if (problem.agent_must & (plan.choice < 0)).any():
        return False
    return all(
        _keeps_resource(problem, resource, int(used))
        for resource, used in enumerate(plan.use)
    ) and _keeps_lines(problem, plan.use)


def _keeps_resource(problem, resource, used):
    if problem.resource_supplied[resource]:
        return True
    if problem.resource_only_if_used[resource] and used == 0:
        return True
    too_little = used < problem.resource_lower[resource]
    too_much = used > problem.resource_upper[resource]
    hard_below = problem.resource_shortfall_price[resource] < 0
    hard_above = problem.resource_excess_price[resource] < 0
    return not (too_little and hard_below) and not (too_much and hard_above)


def _keeps_lines(problem, use):
    pools = np.flatnonzero(problem.resource_supplied).tolist()
    for size in range(1, len(pools) + 1):
        for group in itertools.combinations(pools, size):
            ends = [problem.supply_ptr[pool : pool + 2] for pool in group]
            lines = {int(f) for a, b in ends for f in problem.supply_index[a:b]}
            if use[list(group)].sum() > sum(problem.supply_upper[f] for f in lines):
                return False
    return True
