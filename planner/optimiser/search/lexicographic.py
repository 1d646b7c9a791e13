"""Lexicographic goals: the first tier is worth more than everything below it.

Pre-emptive goal programming (Ignizio 1976), by exact weights where the numbers allow it
(Sherali and Soyster 1983). With tier values v_1 ... v_t and whole weights w_1 ... w_t =
1, where

    w_j >= 1 + sum over i > j of w_i range(v_i)

a plan is lexicographically best exactly when it is best for the folded value
sum_j w_j v_j. So tiers whose ranges allow it are folded and solved as one. Where the
numbers would grow past what solvers can tell apart, the tiers solved so far are held:
by weights as large as the numbers allow, and by rows in branch and cut.

Folding also gives the certificate. At prices p the folded problem has a bound B, and a
plan that keeps the levels L_j of the tiers before k is worth in tier k at most

    B - sum over j < k of w_j L_j

which is the bound of tier k with -w_j as the price of the floor under tier j. That
holds for any weights, 0 among them. Large ones multiply what is left open in the tiers
before. In small problems several are tried, and the ones that prove most are kept; in
large ones a weight is a price like any other, found with them (lagrangian.py), once the
plan is there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from planner.optimiser.mip.mip_model import Focus, Held
from planner.optimiser.model.parameters import DEFAULTS, LexicographicParameters
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.result import Status
from planner.optimiser.model.validate import started
from planner.optimiser.relaxation.ties import worth_beside

if TYPE_CHECKING:
    from planner.optimiser.relaxation.subgradient import Descent, DualSolution


class SingleTierOutcome(Protocol):
    """What the search for a single tier has to say."""

    @property
    def choice(self) -> IntArray | None: ...
    @property
    def prices(self) -> "DualSolution": ...
    @property
    def status(self) -> Status: ...
    @property
    def proven(self) -> bool: ...
    @property
    def bound(self) -> float | None: ...
    @property
    def near(self) -> "Descent | None": ...
    @property
    def next_tier(self) -> FloatArray | None: ...


class SingleTierSearch(Protocol):
    """Solves a single-tier problem, from a choice, in a share of the time left."""

    def __call__(
        self,
        single: Problem,
        choice: IntArray | None,
        share: float,
        held: Sequence[Held] = (),
        focus: Focus | None = None,
        near: "Descent | None" = None,
        ties: IntArray | None = None,
    ) -> SingleTierOutcome: ...


Pricer = Callable[[Problem, "DualSolution"], "DualSolution"]
"""Finds good prices for a single-tier problem, from the prices of a similar one."""


@dataclass(frozen=True)
class TierBound:
    """The prices of one tier; `weights` belong to the tiers before it.

    `near` are the prices of its model, for a search to start from.
    """

    prices: "DualSolution"
    weights: tuple[float, ...]
    solver_bound: float | None
    near: "Descent | None" = None

    def proves(self, levels: Sequence[int]) -> float:
        """Return the bound of the tier where the ones before keep these levels."""
        return self.prices.bound - _sum(self.weights, levels)


TierPricer = Callable[[Problem, int, Sequence[int], Sequence[FloatArray]], TierBound]
"""Bounds a tier of a problem, given the tiers that a plan has reached: the levels of
those before it are priced rows. It starts from the best of some prices of rows and
weights of levels, or from zero."""


@dataclass(frozen=True)
class Staged:
    """The outcome of all tiers together; `proven` as in `AgreementOutcome`."""

    choice: IntArray | None
    bounds: tuple[TierBound, ...]
    status: Status
    proven: bool


def solve_tiers(
    problem: Problem,
    search: SingleTierSearch,
    pricer: Pricer,
    *,
    warm_start: IntArray | None = None,
    parameters: LexicographicParameters = DEFAULTS.lexicographic,
) -> Staged:
    """Solve a problem with several tiers by a search that knows only one.

    The search is done once for each group of tiers that can be folded exactly, with
    weights by which branch and cut can tell two plans apart. The tiers inside a group
    get prices of their own afterwards.

    Parameters
    ----------
    search
        Solves a problem of one tier.
    pricer
        Finds prices of one, from those of a similar one.
    warm_start
        int64[agents]; a feasible choice, or None.

    Returns
    -------
    Staged
        The choice, and a bound for each tier with the prices that prove it.
    """
    choice, proven = warm_start, True
    bounds: list[TierBound] = []
    for end in _groups(problem, parameters.branchable):
        weights, exact = _weights(problem, end, parameters.branchable)
        held = [] if exact else _held(problem, choice, len(bounds), weights[0])
        last = end == problem.num_tiers
        share = parameters.last_share if last else parameters.first_share
        ties = None if last else problem.value(end)
        single = fold(problem, weights)
        answer = search(single, choice, share, held, None, None, ties)
        if answer.choice is None and choice is None:
            return Staged(None, (), answer.status, answer.proven)
        choice = _better(problem, choice, answer.choice, end)
        proven = proven and answer.proven and answer.status is Status.OPTIMAL
        assert choice is not None
        levels = Plan.of(problem, choice).tiers
        bounds += [
            _best_bound(
                problem, pricer, answer.prices, weights, tier, levels, parameters
            )
            for tier in range(len(bounds), end - 1)
        ]
        own = TierBound(answer.prices, weights[:-1], None)
        if end > 1:
            own = _best_bound(
                problem, pricer, answer.prices, weights, end - 1, levels,
                parameters, own,
            )  # fmt: skip
        if answer.bound is not None:
            # What is left of a float beyond 2**53 may be some units too small.
            beyond = answer.bound - _sum(weights[:-1], levels)
            own = replace(own, solver_bound=max(beyond, levels[end - 1]))
        bounds.append(own)
    status = Status.OPTIMAL if proven else Status.UNKNOWN
    return Staged(choice, tuple(bounds), status, proven)


def solve_in_turn(
    problem: Problem,
    search: SingleTierSearch,
    tier_pricer: TierPricer,
    *,
    warm_start: IntArray | None = None,
    parameters: LexicographicParameters = DEFAULTS.lexicographic,
) -> Staged:
    """Solve the tiers of a large problem one after the other.

    The first is searched with the second as what decides ties. Each later one is
    bounded first, with the levels reached as priced rows; what is polished then is the
    value that these prices belong to, so levels are given up for nothing.

    Parameters
    ----------
    search
        Solves a problem of one tier.
    tier_pricer
        Bounds a tier at the levels of those before it.
    warm_start
        int64[agents]; a feasible choice, or None.
    """
    tiers = problem.num_tiers
    answer = search(
        fold(problem, (1,)), warm_start, parameters.first_share, ties=problem.value(1)
    )
    choice, proven = _better(problem, warm_start, answer.choice, 1), answer.proven
    if choice is None:
        return Staged(None, (), answer.status, answer.proven)
    proven = proven and answer.status is Status.OPTIMAL
    bounds = [TierBound(answer.prices, (), answer.bound)]
    levels = Plan.of(problem, choice).tiers
    if answer.bound is not None:
        level = float(levels[0])
        bounds = [replace(bounds[0], solver_bound=max(answer.bound, level))]
    else:
        first = [] if answer.near is None else [answer.near.price]
        found = tier_pricer(problem, 0, levels, first)
        bounds = [found] if found.proves(()) < bounds[0].proves(()) else bounds
    starts = _starts_of_second(problem, answer, parameters)
    for tier in range(1, tiers):
        levels = Plan.of(problem, choice).tiers
        bounds.append(tier_pricer(problem, tier, levels, starts))
        starts = []
        weights = _whole_weights(problem, bounds[-1].weights, parameters.branchable)
        single = fold(problem, weights)
        near = bounds[-1].near
        last = tier + 1 == tiers
        answer = search(
            single,
            choice,
            parameters.last_share if last else parameters.first_share,
            _held(problem, choice, tier, weights[0]),
            _focus(problem, choice, tier, tier + 1),
            None if near is None else near.times(weights[-1]),
        )
        proven = proven and answer.proven and answer.status is Status.OPTIMAL
        choice = _better(problem, choice, answer.choice, tier + 1)
        assert choice is not None
    status = Status.OPTIMAL if proven else Status.UNKNOWN
    return Staged(choice, tuple(bounds), status, proven)


def _starts_of_second(
    problem: Problem, answer: SingleTierOutcome, parameters: LexicographicParameters
) -> list[FloatArray]:
    """Return prices and weights that may be nearly right for the second tier.

    At weight g of the first tier they are g times its prices and what the second added
    to them where it decided ties.
    """
    if answer.near is None or answer.next_tier is None:
        return []
    alike = worth_beside(problem.value(0), problem.value(1))
    weights = [alike * part for part in parameters.start_parts]
    return [
        np.append(answer.next_tier + weight * answer.near.price, weight)
        for weight in weights
    ]


def _whole_weights(
    problem: Problem, weights: Sequence[float], most: int
) -> tuple[int, ...]:
    """Return whole weights, nearly in the proportion of these and 1 for the tier."""
    total = sum(
        weight * _magnitude(problem, tier)
        for tier, weight in enumerate((*weights, 1.0))
    )
    unit = max(1, int(min(1 << 10, most * (1 << 20) / total)))
    return (*(max(1, round(weight * unit)) for weight in weights), unit)


def fold(problem: Problem, weights: Sequence[int]) -> Problem:
    """Return the single-tier problem of the first tiers at these weights.

    Soft prices belong to the first tier, so they grow with its weight.

    Parameters
    ----------
    weights
        A whole weight for each of the first tiers.
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


def _best_bound(
    problem: Problem,
    pricer: Pricer,
    prices: "DualSolution",
    weights: Sequence[int],
    tier: int,
    levels: Sequence[int],
    parameters: LexicographicParameters,
    known: TierBound | None = None,
) -> TierBound:
    """Return the prices and weights that prove most about a tier.

    `prices` are those of the fold at `weights`; `known` is a bound to beat.
    """
    own, _ = _weights(problem, tier + 1, parameters.foldable)
    most = max(own[:-1], default=0)
    if known is not None and known.weights:
        own = (*map(int, known.weights), 1)
    ends = [own[:-1]]
    if most > parameters.branchable:
        ends.append(_weights(problem, tier + 1, parameters.branchable)[0][:-1])
    parts = parameters.weight_parts
    if problem.num_options > parameters.many_options:
        parts = parts[:2]
    # Each of them once, the most promising first: time may be short.
    tried = dict.fromkeys(
        tuple(int(part * weight) for weight in end) for part in parts for end in ends
    )
    best, least = known, float("inf")
    if known is not None:
        least = known.proves(levels)
    for before in tried:
        scale = before[0] / weights[0] if before and weights[0] else 1.0
        start = type(prices)(
            price=prices.price * scale,
            supply_price=prices.supply_price * scale,
            bound=float("inf"),
        )
        dual = pricer(fold(problem, (*before, 1)), start)
        proves = dual.bound - _sum(before, levels)
        if best is None or proves < least:
            best, least = TierBound(dual, before, None), proves
    assert best is not None
    return best


def _sum(weights: Sequence[float], levels: Sequence[int]) -> float:
    """Return what these levels are worth at the weights."""
    return sum(w * level for w, level in zip(weights, levels, strict=False))


def _groups(problem: Problem, most: int) -> list[int]:
    """Return where each group of tiers ends that can be folded exactly."""
    ends, begin = [], 0
    while begin < problem.num_tiers:
        end = begin + 1
        while end < problem.num_tiers and _folds(problem, begin, end + 1, most):
            end += 1
        ends.append(end)
        begin = end
    return ends


def _folds(problem: Problem, begin: int, end: int, most: int) -> bool:
    """Whether tiers `begin` to `end` fold into one number that is small enough."""
    total, spread = 0, 0
    for tier in reversed(range(begin, end)):
        weight = spread + 1
        total += weight * _magnitude(problem, tier)
        spread += weight * _range(problem, tier)
    return total <= most


def _weights(problem: Problem, end: int, most: int) -> tuple[tuple[int, ...], bool]:
    """Return the weights of the first tiers, and whether they fold exactly."""
    weights: list[int] = []
    exact, spread = True, 0
    for tier in reversed(range(end)):
        needed = spread + 1
        weight = min(needed, max(1, most // _magnitude(problem, tier)))
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
    step = problem.resource_step
    missing = started(problem.resource_lower, step).tolist()
    short = problem.resource_shortfall_price.clip(0).tolist()
    paid = sum(price * steps for price, steps in zip(short, missing, strict=True))
    over = problem.resource_excess_price.clip(0)
    if over.any():
        most = np.zeros(problem.num_resources, dtype=object)
        np.add.at(most, problem.use_resource, problem.use_amount)
        pairs = zip(over.tolist(), most.tolist(), step.tolist(), strict=True)
        paid += sum(price * -(-total // each) for price, total, each in pairs)
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
    problem: Problem, choice: IntArray | None, tiers: int, scale: int
) -> list[Held]:
    """Return the rows that keep the first tiers where they are.

    `scale` is what the soft prices are multiplied by.
    """
    assert choice is not None
    levels = Plan.of(problem, choice).tiers[:tiers]
    return [
        Held(problem.value(tier), level, scale if tier == 0 else None)
        for tier, level in enumerate(levels)
    ]


def _focus(problem: Problem, choice: IntArray | None, begin: int, end: int) -> Focus:
    """Return tiers `begin` to `end` alone, with the levels of those before.

    Soft prices are those of the problem: they count in the first tier, and keep it.
    """
    weights, spread = [], 0
    for tier in reversed(range(begin, end)):
        weights.append(spread + 1)
        spread += weights[-1] * _range(problem, tier)
    value = np.zeros(problem.num_options, dtype=np.int64)
    for tier, weight in zip(reversed(range(begin, end)), weights, strict=True):
        value += weight * problem.value(tier)
    alone = problem.replace(option_value=value)
    return Focus(alone, tuple(_held(problem, choice, begin, 1)))


def focus_with_ties(problem: Problem, ties: IntArray, weight: int) -> Focus:
    """Return a single-tier problem at this weight, with other values that decide ties.

    Parameters
    ----------
    ties
        int64[options].
    """
    values = np.stack([problem.option_value, ties], axis=1)
    return Focus(fold(problem.replace(option_value=values), (weight, 1)), ())
