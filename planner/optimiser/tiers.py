"""Several tiers: the first is worth more than everything below it.

With tier values v_1 ... v_t and whole weights w_1 ... w_t = 1, where

    w_j >= 1 + sum over i > j of w_i range(v_i)

a plan is lexicographically best exactly when it is best for the folded value
sum_j w_j v_j. So tiers whose ranges allow it are folded and solved as one. Where the
numbers would grow past FOLDABLE, the tiers solved so far are held: by weights as large
as the numbers allow in the search, and by rows in the proof.

Folding also gives the certificate. At prices p the folded problem has a bound B, and a
plan that keeps the levels L_j of the tiers before k is worth in tier k at most

    B - sum over j < k of w_j L_j

which is the bound of tier k with -w_j as the price of the floor under tier j.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from planner.optimiser.exact import Verdict, prove
from planner.optimiser.formulation import Held
from planner.optimiser.plan import Plan
from planner.optimiser.problem import IntArray, Problem
from planner.optimiser.watch import Watch

if TYPE_CHECKING:
    from planner.optimiser.prices import Prices

FOLDABLE = 2**48
"""Largest folded total: doubles still tell two plans apart, with room for prices."""


class Answered(Protocol):
    """What the road for a single tier has to say."""

    @property
    def choice(self) -> IntArray | None: ...
    @property
    def prices(self) -> "Prices": ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def proven(self) -> bool: ...
    @property
    def bound(self) -> float | None: ...


Road = Callable[[Problem, IntArray | None, float], Answered]
"""Solves a single-tier problem: (problem, choice to start from, share of the time)."""

Pricer = Callable[[Problem, "Prices"], "Prices"]
"""Finds good prices for a single-tier problem, from the prices of a similar one."""


@dataclass(frozen=True)
class TierBound:
    """The prices of one tier; `weights` belong to the tiers before it."""

    prices: "Prices"
    weights: tuple[int, ...]
    solver_bound: float | None


@dataclass(frozen=True)
class Staged:
    """The outcome of all tiers together; `proven` as in `ExactOutcome`."""

    choice: IntArray | None
    bounds: tuple[TierBound, ...]
    verdict: Verdict
    proven: bool


def solve_tiers(
    problem: Problem,
    road: Road,
    pricer: Pricer,
    *,
    watch: Watch,
    warm_start: IntArray | None = None,
) -> Staged:
    """Solve a problem with several tiers by a road that knows only one.

    The road is walked once for each group of tiers that can be folded exactly. The
    tiers inside a group get prices of their own afterwards.
    """
    ends = _groups(problem)
    choice, proven = warm_start, True
    bounds: list[TierBound] = []
    for end in ends:
        weights, exact = _weights(problem, end)
        folded = fold(problem, weights)
        answer = road(folded, choice, 1 / len(ends))
        if answer.choice is None and choice is None:
            return Staged(None, (), answer.verdict, answer.proven)
        verdict, agreed, bound = answer.verdict, answer.proven, answer.bound
        choice = _better(problem, choice, answer.choice, end)
        if not exact:
            last = prove(
                folded,
                choice,
                answer.prices,
                limits=replace(watch.limits, seconds=max(0.01, watch.seconds_left())),
                stop=watch,
                held=_held(problem, choice, len(bounds), weights),
            )
            choice = _better(problem, choice, last.choice, end)
            verdict, agreed, bound = last.verdict, last.proven, last.bound
        proven = proven and agreed and verdict is Verdict.OPTIMAL
        bounds += [
            _inner_bound(problem, pricer, answer.prices, weights, tier)
            for tier in range(len(bounds), end - 1)
        ]
        beyond = None if bound is None else bound - _kept(problem, choice, weights)
        bounds.append(TierBound(answer.prices, weights[:-1], beyond))
    verdict = Verdict.OPTIMAL if proven else Verdict.OPEN
    return Staged(choice, tuple(bounds), verdict, proven)


def fold(problem: Problem, weights: Sequence[int]) -> Problem:
    """Return the single-tier problem of the first tiers at these weights.

    Soft prices belong to the first tier, so they grow with its weight.
    """
    value = np.zeros(problem.num_options, dtype=np.int64)
    for tier, weight in enumerate(weights):
        value += weight * problem.value(tier)
    short, over = problem.resource_shortfall_price, problem.resource_excess_price
    scale = weights[0]
    return problem.replace(
        option_value=value,
        resource_shortfall_price=np.where(short > 0, short * scale, short),
        resource_excess_price=np.where(over > 0, over * scale, over),
    )


def _inner_bound(
    problem: Problem,
    pricer: Pricer,
    prices: "Prices",
    weights: Sequence[int],
    tier: int,
) -> TierBound:
    """Return prices for a tier inside a group, found from those of the group."""
    own, _ = _weights(problem, tier + 1)
    scale = own[0] / weights[0] if weights[0] else 1.0
    start = type(prices)(
        price=prices.price * scale,
        supply_price=prices.supply_price * scale,
        bound=float("inf"),
    )
    return TierBound(pricer(fold(problem, own), start), own[:-1], None)


def _groups(problem: Problem) -> list[int]:
    """Return where each group of tiers ends that can be folded exactly."""
    ends, begin = [], 0
    while begin < problem.num_tiers:
        end = begin + 1
        while end < problem.num_tiers and _folds(problem, begin, end + 1):
            end += 1
        ends.append(end)
        begin = end
    return ends


def _folds(problem: Problem, begin: int, end: int) -> bool:
    """Whether tiers `begin` to `end` fold into one number that is small enough."""
    total, spread = 0, 0
    for tier in reversed(range(begin, end)):
        weight = spread + 1
        total += weight * _magnitude(problem, tier)
        spread += weight * _range(problem, tier)
    return total <= FOLDABLE


def _weights(problem: Problem, end: int) -> tuple[tuple[int, ...], bool]:
    """Return the weights of the first tiers, and whether they fold exactly."""
    weights: list[int] = []
    exact, spread = True, 0
    for tier in reversed(range(end)):
        needed = spread + 1
        most = max(1, FOLDABLE // _magnitude(problem, tier))
        weight = min(needed, most)
        exact = exact and weight == needed
        weights.append(weight)
        spread += needed * _range(problem, tier)
    return tuple(reversed(weights)), exact


def _ends_of(problem: Problem, tier: int) -> tuple[IntArray, IntArray]:
    """Return the least and the most that each agent can add to a tier."""
    value = problem.value(tier)
    far = np.iinfo(np.int64).max
    least = np.where(problem.agent_must, far, 0)
    most = np.where(problem.agent_must, -far, 0)
    np.minimum.at(least, problem.option_agent, value)
    np.maximum.at(most, problem.option_agent, value)
    return least, most


def _range(problem: Problem, tier: int) -> int:
    least, most = _ends_of(problem, tier)
    return int(sum((most - least).tolist()))


def _magnitude(problem: Problem, tier: int) -> int:
    """Return how far from 0 a tier can come, the soft prices included."""
    least, most = _ends_of(problem, tier)
    total = int(sum(np.maximum(np.abs(least), np.abs(most)).tolist()))
    if tier == 0:
        total += _most_paid(problem)
    return max(1, total)


def _most_paid(problem: Problem) -> int:
    """Return more than the soft prices can ever come to."""
    short = problem.resource_shortfall_price.clip(0).tolist()
    paid = sum(s * low for s, low in zip(short, problem.resource_lower, strict=True))
    over = problem.resource_excess_price.clip(0)
    if over.any():
        each = over[problem.use_resource].astype(object) * problem.use_amount
        paid += sum(each.tolist())
    return int(paid)


def _better(
    problem: Problem, old: IntArray | None, new: IntArray | None, end: int
) -> IntArray | None:
    """Return the plan that is better in the first tiers, the old one if none is."""
    if old is None or new is None:
        return new if old is None else old
    tiers = [Plan.of(problem, choice).tiers[:end] for choice in (old, new)]
    return new if tiers[1] > tiers[0] else old


def _held(
    problem: Problem, choice: IntArray | None, tiers: int, weights: Sequence[int]
) -> list[Held]:
    """Return the rows that keep the first tiers where they are."""
    assert choice is not None
    levels = Plan.of(problem, choice).tiers[:tiers]
    return [
        Held(problem.value(tier), level, weights[0] if tier == 0 else None)
        for tier, level in enumerate(levels)
    ]


def _kept(problem: Problem, choice: IntArray | None, weights: Sequence[int]) -> int:
    """Return what the tiers before the last are worth at their weights."""
    assert choice is not None
    levels = Plan.of(problem, choice).tiers
    return sum(weights[tier] * levels[tier] for tier in range(len(weights) - 1))
