"""The optimum by trying everything: slow, short, no code shared with the package."""

import math
from fractions import Fraction
from itertools import combinations, product

from planner.optimiser import Problem
from planner.optimiser.model.problem import UNLIMITED


def plans(problem: Problem):
    """Yield (tier values, choice) of every feasible plan."""
    menus = []
    for agent, must in enumerate(problem.agent_must):
        own = [int(o) for o in (problem.option_agent == agent).nonzero()[0]]
        menus.append(own if must else [-1, *own])
    for choice in product(*menus):
        values = value_of(problem, choice)
        if values is not None:
            yield values, choice


def optimum(problem: Problem):
    """Return the lexicographically largest tier values and a plan, or None."""
    return max(plans(problem), default=None)


def value_of(problem: Problem, choice):
    """Return the tier values of a choice, or None if it breaks a hard limit."""
    used = {}
    for option in choice:
        if option >= 0:
            start, stop = problem.use_ptr[option], problem.use_ptr[option + 1]
            for at in range(start, stop):
                resource = int(problem.use_resource[at])
                used[resource] = used.get(resource, 0) + int(problem.use_amount[at])
    opened = [r for r in range(problem.num_resources) if opens(problem, r, used)]
    for cohort in opened:
        for resource, amount in opening_uses(problem, cohort):
            used[resource] = used.get(resource, 0) + amount
    paid = 0
    for resource in range(problem.num_resources):
        price = _paid(problem, resource, used.get(resource, 0))
        if price is None:
            return None
        paid += price
    if not _affordable(problem, used):
        return None
    chosen = [option for option in choice if option >= 0]
    values = [
        sum(int(problem.value(tier)[option]) for option in chosen)
        + sum(opening_value(problem, cohort, tier) for cohort in opened)
        for tier in range(problem.num_tiers)
    ]
    return (values[0] - paid, *values[1:])


def opens(problem, resource, used):
    """Whether a resource is one that opens, and is open."""
    return bool(problem.resource_only_if_used[resource]) and used.get(resource, 0) > 0


def opening_uses(problem, cohort):
    """What a cohort uses of others by opening: (resource, amount)."""
    places = range(problem.opening_ptr[cohort], problem.opening_ptr[cohort + 1])
    return [
        (int(problem.opening_resource[at]), int(problem.opening_amount[at]))
        for at in places
    ]


def opening_value(problem, cohort, tier):
    """What it is worth in a tier that a cohort opens."""
    value = problem.opening_value[cohort]
    return int(value if value.ndim == 0 else value[tier])


def _paid(problem, resource, use):
    """Return the soft price of one resource at this use; None if it may not be."""
    if problem.resource_only_if_used[resource] and use == 0:
        return 0
    paid = 0
    for missing, price in (
        (problem.resource_lower[resource] - use, problem.resource_shortfall_price),
        (use - problem.resource_upper[resource], problem.resource_excess_price),
    ):
        if missing > 0 and price[resource] < 0:
            return None
        if missing > 0:
            steps = -(-int(missing) // int(problem.resource_step[resource]))
            paid += steps * int(price[resource])
    return paid


def _affordable(problem, used):
    """Hall's condition, asked of every set of pools."""
    ptr = problem.supply_ptr
    lines = {
        resource: set(problem.supply_index[ptr[resource] : ptr[resource + 1]].tolist())
        for resource in range(problem.num_resources)
        if ptr[resource] < ptr[resource + 1]
    }
    for size in range(1, len(lines) + 1):
        for pools in combinations(lines, size):
            reach = set().union(*(lines[pool] for pool in pools))
            give = sum(int(problem.supply_upper[line]) for line in reach)
            if give < UNLIMITED and sum(used.get(pool, 0) for pool in pools) > give:
                return False
    return True


def bound(problem, price, supply_price, tier_price=(), *, tier=0, levels=(), fees=()):
    """What these prices prove about a tier, term by term, in fractions.

    `fees` are {(option, resource): fee}.
    """
    fees = {pair: max(Fraction(0), Fraction(fee)) for pair, fee in dict(fees).items()}
    price = [Fraction(float(p)) for p in price]
    lines = [max(Fraction(0), Fraction(float(q))) for q in supply_price]
    floors = [min(Fraction(0), Fraction(float(g))) for g in tier_price]
    unit = -floors[0] if tier else Fraction(1)
    total = sum(g * level for g, level in zip(floors, levels, strict=True))
    for line, upper in enumerate(problem.supply_upper.tolist()):
        lines[line] *= upper < UNLIMITED
        total += lines[line] * upper
    for resource in range(problem.num_resources):
        price[resource] = _in_range(problem, resource, price[resource], lines, unit)
    for resource in range(problem.num_resources):
        entry = sum(fee for (_, r), fee in fees.items() if r == resource)
        entry += opening_value(problem, resource, tier)
        for i, floor in enumerate(floors):
            entry -= floor * opening_value(problem, resource, i)
        for other, amount in opening_uses(problem, resource):
            entry -= price[other] * amount
        total += _worth(problem, resource, price[resource], entry)
    return total + sum(
        _best(problem, agent, price, floors, tier, fees)
        for agent in range(problem.num_agents)
    )


def _in_range(problem, resource, price, lines, unit):
    """Return a price inside the range where it proves something."""
    start, stop = problem.supply_ptr[resource], problem.supply_ptr[resource + 1]
    if start < stop:
        supplying = [lines[line] for line in problem.supply_index[start:stop]]
        return max(Fraction(0), min([price, *supplying]))
    over = int(problem.resource_excess_price[resource])
    short = int(problem.resource_shortfall_price[resource])
    step = int(problem.resource_step[resource])
    if over >= 0 and price * step > over * unit:
        price = _inside(over * unit, step)
    if short >= 0 and -price * step > short * unit:
        price = -_inside(short * unit, step)
    if problem.resource_upper[resource] == UNLIMITED:
        price = min(price, Fraction(0))
    return price


def _worth(problem, resource, price, entry):
    """Return what a resource is worth at a price; `entry` is what opening brings."""
    if problem.supply_ptr[resource] < problem.supply_ptr[resource + 1]:
        return 0
    upper, lower = problem.resource_upper[resource], problem.resource_lower[resource]
    worth = price * int(upper if price > 0 else lower)
    if problem.resource_only_if_used[resource]:
        worth = max(Fraction(0), worth + entry)
    return worth


def _inside(price, step):
    """A step of a price; where it is more than one unit, the last float below."""
    each = Fraction(price) / step
    if step == 1:
        return each
    nearest = float(each)
    return Fraction(nearest if nearest <= each else math.nextafter(nearest, 0.0))


def _best(problem, agent, price, floors, tier, fees):
    """Return the best reduced value among the options of an agent."""
    values = [] if problem.agent_must[agent] else [Fraction(0)]
    for option in (problem.option_agent == agent).nonzero()[0]:
        value = Fraction(int(problem.value(tier)[option]))
        for i, floor in enumerate(floors):
            value -= floor * int(problem.value(i)[option])
        for at in range(problem.use_ptr[option], problem.use_ptr[option + 1]):
            value -= price[problem.use_resource[at]] * int(problem.use_amount[at])
        value -= sum(fee for (payer, _), fee in fees.items() if payer == option)
        values.append(value)
    return max(values)
