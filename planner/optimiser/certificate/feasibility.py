"""Feasibility of a plan: every violation in words, from the instance and the choice.

Uses are added up in integers and compared with every limit; supplied resources by
maximum flow (max_flow.py). Arrays: choice int64[agents], use int64[resources].
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.optimiser.certificate.max_flow import overdrawn
from planner.optimiser.model.problem import BoolArray, IntArray, Problem
from planner.optimiser.model.validate import UNLIMITED

CHUNK = 1 << 22
"""Uses added up together."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Facts:
    """What follows from a choice, recomputed from nothing but the instance.

    Attributes
    ----------
    violations
        Every rule the choice breaks, one sentence each; none means feasible.
    use
        int64[r]; what is used of each resource.
    tiers
        The value of each tier, soft prices taken off the first.
    """

    violations: tuple[str, ...]
    use: IntArray
    tiers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A hard limit that a choice breaks.

    Attributes
    ----------
    resources, lines
        One resource; or resources that the supply lines together cannot pay.
    used, limit
        What is used, and how much is allowed or, of a floor, asked for.
    """

    resources: tuple[int, ...]
    used: int
    limit: int
    is_floor: bool = False
    lines: tuple[int, ...] = ()

    @property
    def by(self) -> int:
        """How much is too much, or of a floor too little."""
        return abs(self.used - self.limit)

    def told(self, problem: Problem) -> str:
        """Return it as a sentence, by the names of the problem."""
        what = _names([problem.resource_name(r) for r in self.resources])
        if self.lines:
            lines = _names([problem.supply_name(f) for f in self.lines])
            asked = f"but {lines} can give {self.limit}: {self.by} too much"
        elif self.is_floor:
            if_used = problem.resource_only_if_used[self.resources[0]]
            unless = " unless not used" if if_used else ""
            asked = f"lower limit {self.limit}{unless}: {self.by} too little"
        else:
            asked = f"upper limit {self.limit}: {self.by} too much"
        return f"{what}: {self.used} used, {asked}"


def broken(problem: Problem, use: IntArray) -> list[Broken]:
    """Return every hard limit that does not hold where so much is used.

    Parameters
    ----------
    use
        int64[r]; as `Facts` has it.
    """
    return [*_limits(problem, use), *_supplies(problem, use)]


def dropped(problem: Problem, choice: IntArray) -> list[int]:
    """Return the agents who must be placed and are not."""
    return np.flatnonzero(problem.agent_must & (choice < 0)).tolist()


def facts(problem: Problem, choice: IntArray) -> Facts:
    """Recompute everything a choice implies.

    Choices that make no sense are violations, and count as no choice from there on.

    Parameters
    ----------
    choice
        int64[agents]; an option of the problem for each agent, -1 for nothing.

    Returns
    -------
    Facts
        Violations in words, the use of every resource, the value of every tier.
    """
    nonsense, chosen = _chosen(problem, choice)
    use = _use(problem, chosen)
    opened = _open(problem, use)
    violations = [*nonsense, *_dropped(problem, choice)]
    violations += [each.told(problem) for each in broken(problem, use)]
    tiers = [
        _total(problem.value(tier)[chosen])
        + _total(problem.value_of_opening(tier)[opened])
        for tier in range(problem.num_tiers)
    ]
    tiers[0] -= _soft_prices(problem, use)
    return Facts(violations=tuple(violations), use=use, tiers=tuple(tiers))


def _chosen(problem: Problem, choice: IntArray) -> tuple[list[str], BoolArray]:
    """Return what is no choice at all, and bool[o]: the options that are chosen."""
    chosen = np.zeros(problem.num_options, dtype=bool)
    if choice.shape != (problem.num_agents,):
        why = f"{choice.shape} choices for {problem.num_agents} agents"
        return [why], chosen
    missing = (choice < -1) | (choice >= problem.num_options)
    says = [
        f"agent {problem.agent_name(a)!r}: there is no option {choice[a]}"
        for a in np.flatnonzero(missing).tolist()
    ]
    agents = np.flatnonzero(~missing & (choice >= 0))
    owner = problem.option_agent[choice[agents]]
    own = owner == agents
    says += [
        f"agent {problem.agent_name(a)!r}: option {choice[a]} belongs to "
        f"{problem.agent_name(b)!r}"
        for a, b in zip(agents[~own].tolist(), owner[~own].tolist(), strict=True)
    ]
    chosen[choice[agents[own]]] = True
    return says, chosen


def _dropped(problem: Problem, choice: IntArray) -> list[str]:
    if choice.shape != (problem.num_agents,):
        return []
    return [
        f"agent {problem.agent_name(a)!r} must be placed and is not"
        for a in dropped(problem, choice)
    ]


def _use(problem: Problem, chosen: BoolArray) -> IntArray:
    """Add up the amounts of the chosen options, resource by resource."""
    use = np.zeros(problem.num_resources, dtype=np.int64)
    ptr = problem.use_ptr
    first = 0
    while first < problem.num_options:
        reach = int(np.searchsorted(ptr, ptr[first] + CHUNK, "right")) - 1
        last = max(first + 1, min(reach, problem.num_options))
        uses = slice(int(ptr[first]), int(ptr[last]))
        owner = np.repeat(chosen[first:last], np.diff(ptr[first : last + 1]))
        np.add.at(
            use, problem.use_resource[uses][owner], problem.use_amount[uses][owner]
        )
        first = last
    return use


def _open(problem: Problem, use: IntArray) -> BoolArray:
    """Return what is opened, bool[r], and add what that uses of others to `use`."""
    opened = problem.resource_only_if_used & (use > 0)
    for r in np.flatnonzero(opened).tolist():
        for other, amount in problem.opening_uses(r):
            use[other] += amount
    return opened


def _limits(problem: Problem, use: IntArray) -> list[Broken]:
    """Return the hard limits that do not hold."""
    over = (use > problem.resource_upper) & (problem.resource_excess_price < 0)
    short = (use < problem.resource_lower) & (problem.resource_shortfall_price < 0)
    short &= ~(problem.resource_only_if_used & (use == 0))
    upper, lower = problem.resource_upper, problem.resource_lower
    found = [
        Broken(resources=(r,), used=int(use[r]), limit=int(upper[r]))
        for r in np.flatnonzero(over & ~problem.resource_supplied).tolist()
    ]
    return found + [
        Broken(resources=(r,), used=int(use[r]), limit=int(lower[r]), is_floor=True)
        for r in np.flatnonzero(short).tolist()
    ]


def _supplies(problem: Problem, use: IntArray) -> list[Broken]:
    """Return the sets of supply lines that cannot give what is asked of them."""
    pools = {
        int(r): problem.supply_index[
            problem.supply_ptr[r] : problem.supply_ptr[r + 1]
        ].tolist()
        for r in np.flatnonzero(problem.resource_supplied & (use > 0))
    }
    need = {r: int(use[r]) for r in pools}
    give = [None if u >= UNLIMITED else u for u in problem.supply_upper.tolist()]
    return [
        Broken(
            resources=tuple(asked),
            used=sum(need[r] for r in asked),
            limit=sum(give[f] or 0 for f in lines),
            lines=tuple(lines),
        )
        for asked, lines in overdrawn(pools, need, give)
    ]


def _names(names: Sequence[str]) -> str:
    return " and ".join(map(repr, names))


def _soft_prices(problem: Problem, use: IntArray) -> int:
    """Return what the limits broken at a price cost, as Python integers.

    Every started step of what is missing or too much costs the whole price.
    """
    paid = 0
    for price, missing in (
        (problem.resource_shortfall_price, problem.resource_lower - use),
        (problem.resource_excess_price, use - problem.resource_upper),
    ):
        at = np.flatnonzero((price > 0) & (missing > 0))
        for r in at.tolist():
            closed = problem.resource_only_if_used[r] and use[r] == 0
            steps = -(-int(missing[r]) // int(problem.resource_step[r]))
            paid += 0 if closed else int(price[r]) * steps
    return paid


def _total(values: IntArray) -> int:
    return sum(values.tolist())
