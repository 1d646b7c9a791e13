"""One node of a proof tree: a problem with tighter limits, and what prices prove there.

A node narrows how much of a resource may be used, leaves options out, and says who must
be placed. At integer prices over 2**bits no plan of the node is worth more than

    sum over agents of   max(0, best of (value - prices - fees - derived rows))
                         (no 0 where must; nothing at all where no option is left)
  + sum over resources of the largest p t - soft prices over the uses t that are allowed
    (a cohort: value of opening - prices of its opening uses - derived rows + its fees
    + that where it is open, 0 where it is closed)
  + sum over lines of q upper  +  derived rows of their price x right side
  + sum over the tiers before of g level
  + sum over counts of the largest p n over the numbers n that are allowed

A count is how many options are chosen that use at least so much of a resource: a whole
number, whatever amounts they use. It has a price like a resource. All of it is in whole
numbers. Every use has a largest value in a node, so that resources may have any price
here, other than in `dual_bound`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from planner.optimiser.certificate.dual_bound import Numbers
from planner.optimiser.model.plan import reach
from planner.optimiser.model.problem import BoolArray, IntArray, Problem
from planner.optimiser.model.validate import UNLIMITED

Count = tuple[int, int]
"""(resource, amount): how many options are chosen that use at least so much of it."""

WORD = 1 << 61
"""Reduced values below this stay in 64 bits; larger ones are Python integers."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """The limits of a node.

    Attributes
    ----------
    low, high
        int64[r]; the least and the most that may be used of each resource.
    out
        bool[o]; options that no plan of the node chooses.
    must
        bool[n]; agents that every plan of the node places.
    counts
        The least and the most options that are chosen of those that use at least so
        much of a resource, by (resource, amount); what is not named may be any number.
    """

    low: IntArray
    high: IntArray
    out: BoolArray
    must: BoolArray
    counts: dict[Count, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> "Bounds":
        """Return the limits of the root.

        No more is used than if every agent had its option that uses most, and every
        cohort were open. A cohort that
        does not reach its floor by that is closed: nobody is in it.
        """
        high = reach(problem)
        hard = problem.resource_shortfall_price < 0
        closed = problem.resource_only_if_used & hard & (high < problem.resource_lower)
        high[closed] = 0
        entries = closed[problem.use_resource] & (problem.use_amount > 0)
        owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
        out = np.zeros(problem.num_options, dtype=bool)
        out[owner[entries]] = True
        return cls(np.zeros_like(high), high, out, problem.agent_must.copy())

    def copy(self) -> "Bounds":
        return Bounds(
            self.low.copy(), self.high.copy(), self.out.copy(), self.must.copy(),
            dict(self.counts),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Row:
    """A derived row: the sum of `coefficient` over the chosen options, and of `opening`
    over the cohorts that run, <= `right`."""

    coefficient: Numbers
    right: int
    opening: dict[int, int] = field(default_factory=dict)

    @cached_property
    def largest(self) -> int:
        """The largest coefficient of an option, whatever its sign."""
        return max(map(abs, self.coefficient.tolist()), default=0)

    @cached_property
    def numbers(self) -> Numbers:
        """The coefficients, in 64 bits where they fit."""
        fits = self.largest < WORD
        return self.coefficient.astype(np.int64) if fits else self.coefficient


@dataclass(frozen=True)
class NodePrices:
    """Integer prices over 2**bits, by index; whatever is not named is free."""

    bits: int = 0
    price: dict[int, int] = field(default_factory=dict)
    supply: dict[int, int] = field(default_factory=dict)
    tier: dict[int, int] = field(default_factory=dict)
    fee: dict[tuple[int, int], int] = field(default_factory=dict)
    row: dict[int, int] = field(default_factory=dict)
    agent: dict[int, int] = field(default_factory=dict)
    count: dict[Count, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Question:
    """What the leaves of a tree are about.

    `tier` is the one that is bounded, with the tiers before at `levels`; a tier of None
    asks whether there is any plan that reaches them: every value is 0 then, and so is
    every soft price unless a level is at stake.
    """

    problem: Problem
    tier: int | None = 0
    levels: Sequence[int] = ()
    rows: tuple[Row, ...] = ()

    def hard(self) -> tuple[IntArray, IntArray]:
        """Return the limits of each resource that may not be broken at any price."""
        problem = self.problem
        lower = np.where(
            problem.resource_shortfall_price < 0, problem.resource_lower, 0
        )
        upper = np.where(
            problem.resource_excess_price < 0, problem.resource_upper, UNLIMITED
        )
        return lower, upper


def counted(problem: Problem, count: Count) -> IntArray:
    """Return the options that use at least so much of a resource."""
    r, amount = count
    entries = np.flatnonzero(
        (problem.use_resource == r) & (problem.use_amount >= amount)
    )
    return np.searchsorted(problem.use_ptr, entries, side="right") - 1


def limits_of(problem: Problem, bounds: Bounds, count: Count) -> tuple[int, int]:
    """Return the least and the most of a count at a node: at the root none, and one for
    each agent who has such an option."""
    if count not in bounds.counts:
        agents = problem.option_agent[counted(problem, count)]
        return 0, len(np.unique(agents))
    return bounds.counts[count]


@dataclass(frozen=True, eq=False)
class Worth:
    """What prices say about a node, over 2**bits.

    Attributes
    ----------
    bound
        No plan of the node is worth more; None where the node has no plan at all.
    loss
        Numbers[o]; how far below the best of its agent each option is.
    best
        Numbers[n]; the best of each agent.
    opening
        What each cohort that may be open or closed adds by being open.
    """

    bound: int | None
    loss: Numbers
    best: Numbers
    opening: dict[int, int]


def worth(question: Question, bounds: Bounds, prices: NodePrices) -> Worth:
    """Return what these prices prove about a node."""
    problem = question.problem
    price, lines, total = _priced(question, bounds, prices)
    total += _dot(prices.row, {j: row.right for j, row in enumerate(question.rows)})
    floors = {i: min(0, g) for i, g in prices.tier.items()}
    total += sum(g * question.levels[i] for i, g in floors.items())
    reduced = _reduced(question, prices, price, floors)
    loss, best, empty = _agents(problem, bounds, reduced)
    own, opening = _resources(question, bounds, prices, price, floors)
    total += sum(lines[f] * int(problem.supply_upper[f]) for f in lines)
    for count, p in prices.count.items():
        low, high = limits_of(problem, bounds, count)
        total += p * (high if p > 0 else low)
    empty |= any(low > high for low, high in bounds.counts.values())
    if empty or own is None:
        return Worth(None, loss, best, {})
    return Worth(total + own + sum(best.tolist()), loss, best, opening)


def soft_unit(question: Question, prices: NodePrices) -> int:
    """Return what a unit of soft price is worth: in later tiers as much as a unit of
    the first, and nothing where all values are 0."""
    return 1 << prices.bits if question.tier == 0 else -min(0, prices.tier.get(0, 0))


def _dot(price: dict[int, int], amount: dict[int, int]) -> int:
    return sum(max(0, p) * amount[j] for j, p in price.items())


def _priced(
    question: Question, bounds: Bounds, prices: NodePrices
) -> tuple[dict[int, int], dict[int, int], int]:
    """Return the prices of resources and lines where they prove something.

    The last number is what the limits on the use of supplied resources are worth.
    """
    problem = question.problem
    lines = {
        f: q
        for f, q in prices.supply.items()
        if q > 0 and problem.supply_upper[f] < UNLIMITED
    }
    price, total = dict(prices.price), 0
    for r in np.flatnonzero(problem.resource_supplied).tolist():
        start, stop = problem.supply_ptr[r : r + 2].tolist()
        least = min(lines.get(f, 0) for f in problem.supply_index[start:stop].tolist())
        rest = price.get(r, 0) - least
        total += rest * int((bounds.high if rest > 0 else bounds.low)[r])
    return price, lines, total


def _reduced(
    question: Question,
    prices: NodePrices,
    price: dict[int, int],
    floors: dict[int, int],
) -> Numbers:
    """Return the value of every option less what it pays."""
    problem = question.problem
    terms = [(problem.value(i), -g) for i, g in floors.items() if g]
    if question.tier is not None:
        terms.append((problem.value(question.tier), 1 << prices.bits))
    kind = _kind(question, prices, price, terms)
    vector: Numbers = np.zeros(problem.num_resources, dtype=kind)
    for r, p in price.items():
        vector[r] = p
    running: Numbers = np.zeros(problem.num_uses + 1, dtype=kind)
    paid = vector[problem.use_resource] * problem.use_amount.astype(kind)
    np.cumsum(paid, out=running[1:])
    reduced: Numbers = -np.diff(running[problem.use_ptr])
    for value, weight in terms:
        reduced = reduced + value.astype(kind) * weight
    for (option, _), fee in prices.fee.items():
        reduced[option] -= max(0, fee)
    for j, p in prices.row.items():
        if p > 0:
            reduced = reduced - question.rows[j].numbers.astype(kind) * p
    for agent, weight in prices.agent.items():
        start, stop = problem.agent_ptr[agent : agent + 2]
        reduced[start:stop] -= weight
    for count, p in prices.count.items():
        reduced[counted(problem, count)] -= p
    return reduced


def _kind(
    question: Question,
    prices: NodePrices,
    price: dict[int, int],
    terms: Sequence[tuple[IntArray, int]],
) -> type:
    """Return int64 where no sum, and no price by itself, can leave 64 bits, Python's
    integers else."""
    problem = question.problem
    most = sum(abs(w) * int(np.abs(v).max(initial=1)) for v, w in terms)
    uses = int(np.diff(problem.use_ptr).max(initial=1))
    amount = int(problem.use_amount.max(initial=1))
    most += max(map(abs, price.values()), default=0) * amount * uses
    most += sum(max(0, fee) for fee in prices.fee.values())
    most += sum(abs(w) for w in (*prices.agent.values(), *prices.count.values()))
    for j, p in prices.row.items():
        most += max(0, p) * max(1, question.rows[j].largest)
    return np.int64 if most < WORD else object


def _agents(
    problem: Problem, bounds: Bounds, reduced: Numbers
) -> tuple[Numbers, Numbers, bool]:
    """Return each option's loss, each agent's best, and whether somebody who must be
    placed has no option left."""
    kept = np.flatnonzero(~bounds.out)
    owner = problem.option_agent[kept]
    best = np.zeros(problem.num_agents, dtype=reduced.dtype)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    if len(first):
        most = np.maximum.reduceat(reduced[kept], first)
        free = ~bounds.must[owner[first]]
        most[free] = np.maximum(most[free], 0)
        best[owner[first]] = most
    has = np.zeros(problem.num_agents, dtype=bool)
    has[owner] = True
    loss = best[problem.option_agent] - reduced
    return loss, best, bool((bounds.must & ~has).any())


def _resources(
    question: Question,
    bounds: Bounds,
    prices: NodePrices,
    price: dict[int, int],
    floors: dict[int, int],
) -> tuple[int | None, dict[int, int]]:
    """Return what the resources without lines are worth, and the cohorts by opening."""
    problem, unit = question.problem, soft_unit(question, prices)
    lower, upper = question.hard()
    fees: dict[int, int] = {}
    for (_, r), fee in prices.fee.items():
        fees[r] = fees.get(r, 0) + max(0, fee)
    asked = set(np.flatnonzero(_matters(problem, bounds)).tolist())
    asked |= set(price) | set(fees)
    by_opening = _openings(question, prices, price, floors)
    asked |= set(by_opening)
    total, opening = 0, {}
    for r in sorted(asked):
        if problem.resource_supplied[r]:
            if bounds.low[r] > bounds.high[r]:
                return None, {}
            continue
        cohort = bool(problem.resource_only_if_used[r])
        low = max(int(bounds.low[r]), int(lower[r]), int(cohort))
        high = min(int(bounds.high[r]), int(upper[r]))
        most = _largest(problem, r, price.get(r, 0), unit, low, high)
        if cohort:
            extra = fees.get(r, 0) + by_opening.get(r, 0)
            own = None if most is None else most + extra
            if bounds.low[r] == 0:
                if own is not None:
                    opening[r] = own
                own = max(0, 0 if own is None else own)
        else:
            own = most
        if own is None:
            return None, {}
        total += own
    return total, opening


def _openings(
    question: Question,
    prices: NodePrices,
    price: dict[int, int],
    floors: dict[int, int],
) -> dict[int, int]:
    """Return the value of opening of each cohort less what it pays for that."""
    problem, result = question.problem, {}
    for r in np.flatnonzero(problem.resource_opens).tolist():
        own = sum(-g * int(problem.value_of_opening(i)[r]) for i, g in floors.items())
        if question.tier is not None:
            own += int(problem.value_of_opening(question.tier)[r]) << prices.bits
        own -= sum(price.get(s, 0) * much for s, much in problem.opening_uses(r))
        for j, p in prices.row.items():
            own -= max(0, p) * question.rows[j].opening.get(r, 0)
        result[r] = own
    return result


def _matters(problem: Problem, bounds: Bounds) -> BoolArray:
    """bool[r]; the use that is left may break a limit of the resource, soft or hard."""
    result: BoolArray = (
        bounds.low > np.minimum(bounds.high, problem.resource_upper)
    ) | (bounds.high < problem.resource_lower)
    return result | (bounds.low > 0)


def _largest(
    problem: Problem, r: int, p: int, unit: int, low: int, high: int
) -> int | None:
    """Return the largest p t - soft prices over low <= t <= high; None if none is.

    Within a started step this is linear in t, and so it is along the first uses of the
    steps, and along the last: it is largest at an end of one of these.
    """
    if low > high:
        return None
    below, above = int(problem.resource_lower[r]), int(problem.resource_upper[r])
    short = max(0, int(problem.resource_shortfall_price[r])) * unit
    over = max(0, int(problem.resource_excess_price[r])) * unit
    step = int(problem.resource_step[r])
    ends = {low, below, above, high}
    for start, stop, residues in (
        (low, min(high, below - 1), (below, below - 1)),
        (max(low, above + 1), high, (above, above + 1)),
    ):
        for residue in residues if start <= stop else ():
            ends |= {start + (residue - start) % step, stop - (stop - residue) % step}
    return max(
        p * t
        - short * -(-max(0, below - t) // step)
        - over * -(-max(0, t - above) // step)
        for t in ends
        if low <= t <= high
    )
