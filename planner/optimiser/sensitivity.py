"""Sensitivity: why this agent got that option, shadow prices, and what if one changed.

    reduced(o) = value(o) - sum over limits of price(l) use(o, l) - fee(o)

A shadow price is the dual value of a limit (Dantzig 1963), in units of
value for one more unit of the limit: what it would be worth to the plan as a whole. An
option is worth its reduced value, its value less what the limits it needs cost.

Arrays: price float64[limits], choice int64[agents], use int64[resources].
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.optimiser.certificate.max_flow import overdrawn
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.parameters import SearchParameters
from planner.optimiser.model.plan import NOTHING, use_of
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.result import Result
from planner.optimiser.model.validate import UNLIMITED


class ExplainError(ValueError):
    """A question that has no answer: which, and why."""


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """A limit that stands between an agent and an option, as the plan is.

    Attributes
    ----------
    limit
        The ids of the limit; of several supply lines if they stand together.
    kind
        `full`: no room above; `floor`: leaving the agent's place would fall below;
        `cohort`: too few would take part for it to run; `money`: the lines are spent.
    missing
        How many units are missing.
    price
        What one more unit is worth.
    """

    limit: tuple[str, ...]
    kind: str
    missing: int
    price: float


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What an option pays for one of the limits it needs: amount x price, and the entry
    fee where the limit is a cohort that the fees keep open."""

    limit: str
    amount: int
    price: float
    fee: float = 0.0

    @property
    def cost(self) -> float:
        return self.amount * self.price + self.fee


@dataclass(frozen=True, kw_only=True)
class OptionStory:
    """One option of an agent: its value, its cost, and what stands in its way.

    Attributes
    ----------
    value
        The value in each tier, most important first.
    worth
        The value of the last tier with earlier tiers at their prices: comparable with
        `cost`.
    cost
        What the limits it needs cost at the prices.
    loss
        How much less it leaves, `worth - cost`, than the best the agent could have. An
        option with a loss is better for others than for this agent.
    """

    option: int
    name: str
    is_chosen: bool
    value: tuple[int, ...]
    worth: float
    cost: float
    loss: float
    charges: tuple[Charge, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def reduced(self) -> float:
        return self.worth - self.cost


@dataclass(frozen=True, kw_only=True)
class AgentStory:
    """Every option of an agent, the one with the least loss first."""

    agent: int
    name: str
    chosen: int | None
    options: tuple[OptionStory, ...]


@dataclass(frozen=True, kw_only=True)
class LimitStory:
    """A resource or supply line: its use, its limits, and what one unit is worth.

    For a supply line `use` is None: lines share their pools, so only sums are known.
    For a cohort `opening` is what its fees and seats are worth if it runs; below 0
    it is what it would need to run. None for any other limit.
    """

    name: str
    kind: str
    price: float
    use: int | None
    lower: int
    upper: int | None
    opening: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Change:
    """What follows from changing a limit: a plan solved anew, beside the old one."""

    problem: Problem
    result: Result
    gained: tuple[int, ...] | None
    moved: IntArray


def explain(problem: Problem, result: Result, *, agent: int | str) -> AgentStory:
    """Return every option of one agent, what it costs, and what stands in its way.

    Parameters
    ----------
    agent
        Its id, or its place.

    Raises
    ------
    ExplainError
        Where there is no such agent, or the result has no plan.
    """
    at = _index(agent, problem.num_agents, problem.agent_name, "agent")
    if result.plan is None:
        raise ExplainError("the result has no plan to explain")
    choice = int(result.plan.choice[at])
    paid = _prices(problem, result)
    owned = range(int(problem.agent_ptr[at]), int(problem.agent_ptr[at + 1]))
    worth = {option: _worth(problem, result, option) for option in owned}
    charges = {option: _charges(problem, result, paid, option) for option in owned}
    cost = {o: sum(charge.cost for charge in charges[o]) for o in owned}
    left = {option: worth[option] - cost[option] for option in owned}
    best = max(
        [*left.values(), *([] if problem.agent_must[at] else [0.0])], default=0.0
    )
    stories = [
        OptionStory(
            option=option,
            name=problem.option_name(option),
            is_chosen=option == choice,
            value=tuple(
                int(problem.value(tier)[option]) for tier in range(problem.num_tiers)
            ),
            worth=worth[option],
            cost=cost[option],
            loss=best - left[option],
            charges=charges[option],
            obstacles=_obstacles(problem, result, choice, option),
        )
        for option in owned
    ]
    return AgentStory(
        agent=at,
        name=problem.agent_name(at),
        chosen=None if choice == NOTHING else choice,
        options=tuple(sorted(stories, key=lambda story: (story.loss, story.option))),
    )


def limits_in_force(problem: Problem, result: Result) -> list[LimitStory]:
    """Return every resource and line with its price and use, the dearest first."""
    use = None if result.plan is None else result.plan.use
    paid = _prices(problem, result)
    stories = [
        LimitStory(
            name=problem.resource_name(r),
            kind="pool" if problem.resource_supplied[r] else "resource",
            price=float(paid[r]),
            use=None if use is None else int(use[r]),
            lower=int(problem.resource_lower[r]),
            upper=_or_none(int(problem.resource_upper[r])),
            opening=_opening(problem, result, paid, r),
        )
        for r in range(problem.num_resources)
    ]
    stories += [
        LimitStory(
            name=problem.supply_name(f),
            kind="line",
            price=max(0.0, float(result.supply_price[f])),
            use=None,
            lower=0,
            upper=_or_none(int(problem.supply_upper[f])),
        )
        for f in range(problem.num_supplies)
    ]
    return sorted(stories, key=lambda story: -abs(story.price))


def what_if(
    problem: Problem,
    result: Result,
    *,
    limit: str,
    upper: int | None = None,
    lower: int | None = None,
    limits: Limits | None = None,
) -> Change:
    """Change one limit, by id, and solve again from the plan that is known.

    The answer is exact as far as the new result is: prices alone are only right for
    small changes.

    Parameters
    ----------
    limit
        The id of a resource or of a supply line.
    upper, lower
        The new limit, in units of the resource; None leaves it.
    limits
        What the new run may spend; by default what the old one might.
    """
    from planner.optimiser.solve import solve  # it knows this module's neighbours

    changed = _changed(problem, limit, upper, lower)
    start = None if result.plan is None else result.plan.choice
    after = solve(
        changed,
        limits=limits or result.limits,
        warm_start=start,
        parameters=SearchParameters.known(result.parameters),
    )
    gained, moved = None, np.zeros(0, dtype=np.int64)
    if result.plan is not None and after.plan is not None:
        pairs = zip(after.plan.tiers, result.plan.tiers, strict=True)
        gained = tuple(new - old for new, old in pairs)
        moved = np.flatnonzero(after.plan.choice != result.plan.choice)
    return Change(problem=changed, result=after, gained=gained, moved=moved)


def _changed(
    problem: Problem, limit: str, upper: int | None, lower: int | None
) -> Problem:
    names = [problem.resource_name(r) for r in range(problem.num_resources)]
    if limit in names:
        at = names.index(limit)
        changes = {"resource_upper": upper, "resource_lower": lower}
    else:
        lines = [problem.supply_name(f) for f in range(problem.num_supplies)]
        if limit not in lines:
            raise ExplainError(f"there is no limit {limit!r}")
        if lower is not None:
            raise ExplainError(f"{limit!r} is a supply line: it has no lower limit")
        at, changes = lines.index(limit), {"supply_upper": upper}
    arrays = {}
    for name, value in changes.items():
        if value is not None:
            arrays[name] = getattr(problem, name).copy()
            arrays[name][at] = value
    return problem.replace(**arrays)


def _index(
    name_or_number: int | str, count: int, name_of: Callable[[int], str], what: str
) -> int:
    if isinstance(name_or_number, int):
        if 0 <= name_or_number < count:
            return name_or_number
        raise ExplainError(f"there is no {what} {name_or_number}: there are {count}")
    for at in range(count):
        if name_of(at) == name_or_number:
            return at
    raise ExplainError(f"there is no {what} {name_or_number!r}")


def _or_none(upper: int) -> int | None:
    return None if upper >= UNLIMITED else upper


def _prices(problem: Problem, result: Result) -> FloatArray:
    """Return the price of each resource; a pool costs what its cheapest line costs."""
    price = np.array(result.price, dtype=float)
    for pool in np.flatnonzero(problem.resource_supplied):
        lines = problem.supply_index[slice(*problem.supply_ptr[pool : pool + 2])]
        price[pool] = max(0.0, float(result.supply_price[lines].min()))
    return price


def _worth(problem: Problem, result: Result, option: int) -> float:
    """Return the value of an option with earlier tiers at their prices."""
    worth = float(problem.value(problem.num_tiers - 1)[option])
    for tier, price in enumerate(result.tier_price.tolist()):
        worth -= price * int(problem.value(tier)[option])
    return worth


def _uses(problem: Problem, option: int) -> list[tuple[int, int]]:
    span = slice(int(problem.use_ptr[option]), int(problem.use_ptr[option + 1]))
    pairs = zip(problem.use_resource[span], problem.use_amount[span], strict=True)
    return [(int(resource), int(amount)) for resource, amount in pairs]


def _charges(
    problem: Problem, result: Result, price: FloatArray, option: int
) -> tuple[Charge, ...]:
    fees = result.fees
    own = fees.option == option
    paid = dict(
        zip(fees.resource[own].tolist(), fees.fee[own].clip(0).tolist(), strict=True)
    )
    return tuple(
        Charge(
            limit=problem.resource_name(r),
            amount=amount,
            price=float(price[r]),
            fee=paid.get(r, 0.0),
        )
        for r, amount in _uses(problem, option)
    )


def _opening(
    problem: Problem, result: Result, paid: FloatArray, r: int
) -> float | None:
    """Return what a cohort is worth to itself if it runs: its fees and its seats, less
    what opening uses, with the value of that."""
    if not problem.resource_only_if_used[r]:
        return None
    price = float(result.price[r])
    limit = problem.resource_upper[r] if price > 0 else problem.resource_lower[r]
    fees = result.fees
    own = float(fees.fee[fees.resource == r].clip(0).sum()) + price * float(limit)
    own -= sum(float(paid[other]) * much for other, much in problem.opening_uses(r))
    last = problem.num_tiers - 1
    own += float(problem.value_of_opening(last)[r])
    for tier, weight in enumerate(result.tier_price.tolist()):
        own -= weight * int(problem.value_of_opening(tier)[r])
    return own


def _obstacles(
    problem: Problem, result: Result, choice: int, option: int
) -> tuple[Obstacle, ...]:
    """Return the hard limits that would break if the agent alone changed."""
    if option == choice or result.plan is None:
        return ()
    after = result.plan.choice.copy()
    after[problem.option_agent[option]] = option
    use = use_of(problem, after[after != NOTHING])
    touched = {r for r, _ in _uses(problem, option)}
    if choice != NOTHING:
        touched |= {r for r, _ in _uses(problem, choice)}
    touched |= set(np.flatnonzero(use != result.plan.use).tolist())
    price = _prices(problem, result)
    obstacles = [_broken(problem, r, int(use[r]), price) for r in sorted(touched)]
    return tuple(o for o in obstacles if o) + _spent(problem, result, use)


def _broken(problem: Problem, r: int, use: int, price: FloatArray) -> Obstacle | None:
    """Return how a resource with this use breaks its own hard limits, if it does."""
    over = use - int(problem.resource_upper[r])
    short = int(problem.resource_lower[r]) - use
    if problem.resource_only_if_used[r] and use == 0:
        short = 0
    if over > 0 and problem.resource_excess_price[r] < 0:
        kind, missing = "full", over
    elif short > 0 and problem.resource_shortfall_price[r] < 0:
        kind = "cohort" if problem.resource_only_if_used[r] else "floor"
        missing = short
    else:
        return None
    name = (problem.resource_name(r),)
    return Obstacle(limit=name, kind=kind, missing=missing, price=float(price[r]))


def _spent(problem: Problem, result: Result, use: IntArray) -> tuple[Obstacle, ...]:
    """Return the groups of supply lines that could not pay for this use."""
    pools = {
        int(r): problem.supply_index[slice(*problem.supply_ptr[r : r + 2])].tolist()
        for r in np.flatnonzero(problem.resource_supplied & (use > 0))
    }
    need = {r: int(use[r]) for r in pools}
    give = [_or_none(upper) for upper in problem.supply_upper.tolist()]
    return tuple(
        Obstacle(
            limit=tuple(problem.supply_name(f) for f in lines),
            kind="money",
            missing=sum(need[r] for r in asked) - sum(give[f] or 0 for f in lines),
            price=max(0.0, float(result.supply_price[lines].min())),
        )
        for asked, lines in overdrawn(pools, need, give)
    )
