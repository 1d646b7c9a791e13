"""The bound that prices prove, in exact integer arithmetic.

For prices p of resources, q of supply lines, g <= 0 of the floors under the tiers
before, and fees e >= 0 for being in a cohort at all, weak duality bounds every plan:

    sum over agents of   max(0, max over its options of
                             value(o) - sum_r p(r) use(o, r) - sum_r e(o, r)
                                      - sum_i g(i) value_i(o))
                         (without the 0 where must)
  + sum over resources of the largest p t - soft prices over the allowed use t
    (for a cohort max(0, value of opening - sum_s p(s) opening use(s) + fees + that))
  + sum over lines of     q(f) upper(f)
  + sum over tiers before of g(i) level(i)

Any prices inside their ranges prove something, so none has to be trusted: prices are
moved into their ranges first. They are then read as integers over 2**k, and everything
above is a sum of products of integers. Nothing is rounded, so nothing can round the
wrong way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.optimiser.model.fees import Fees, fault
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.validate import UNLIMITED

CHUNK = 1 << 21
"""Uses priced together: large enough for speed, small enough for the cache."""

SMALL = 300_000
"""Uses up to which prices of any precision are kept exactly, as Python integers."""

WORD = 1 << 62
"""No sum over one option may pass this in 64-bit arithmetic."""

FINE = 1 << 16
"""A grid this fine moves what an option pays by so small a part of what it uses."""

FINEST = 1074
"""Every float is a multiple of 2**-FINEST."""

Numbers = npt.NDArray[Any]
"""int64, or Python integers where 64 bits are not enough."""


class PriceError(ValueError):
    """Prices that are no prices: which, and why."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Prices:
    """The prices of one tier: resources, supply lines, floors under earlier tiers, and
    the fees of cohorts."""

    price: FloatArray
    supply_price: FloatArray
    tier_price: FloatArray
    fees: Fees = field(default_factory=Fees.none)


def bound(
    problem: Problem, prices: Prices, *, tier: int = 0, levels: Sequence[int] = ()
) -> Fraction:
    """Return what these prices prove about one tier, exactly.

    Parameters
    ----------
    tier
        The tier that is bounded.
    levels
        What each earlier tier is held at: the bound is about the plans that reach it.
    """
    if tier == 0:
        prices = _without_floors(prices)
    shape(problem, prices, tier)
    unit = max(0.0, -float(prices.tier_price[0])) if tier else 1.0
    prices = _within_steps(problem, prices, unit)
    grid = _Grid.of(problem, prices, tier)
    scaled = _scaled(problem, prices, grid, soft_unit=1 if tier == 0 else None)
    weights = [(problem.value(tier), 1 << grid.bits)]
    weights += [(problem.value(i), -g) for i, g in enumerate(scaled.floors)]
    total = _agents(problem, scaled, weights)
    openings = [(problem.value_of_opening(tier), 1 << grid.bits)]
    openings += [(problem.value_of_opening(i), -g) for i, g in enumerate(scaled.floors)]
    total += _limits(problem, scaled, openings)
    total += sum(g * level for g, level in zip(scaled.floors, levels, strict=True))
    return Fraction(total, 1 << grid.bits)


def proves_infeasible(problem: Problem, prices: Prices) -> bool:
    """Return whether prices show that no plan at all keeps the hard limits.

    With every value and soft price 0, every plan is worth 0: a bound below 0 leaves
    no plan. (Farkas' lemma.)
    """
    prices = _without_floors(prices)
    shape(problem, prices, 0)
    grid = _Grid.of(problem, prices, 0)
    scaled = _scaled(problem, prices, grid, soft_unit=0)
    return _agents(problem, scaled, []) + _limits(problem, scaled, []) < 0


def shape(problem: Problem, prices: Prices, tier: int) -> None:
    """Raise `PriceError` unless there is one finite number for each row."""
    for name, array, count in (
        ("price", prices.price, problem.num_resources),
        ("supply_price", prices.supply_price, problem.num_supplies),
        ("tier_price", prices.tier_price, tier),
    ):
        if array.shape != (count,):
            raise PriceError(f"{name}: {array.shape} numbers, not {count}")
        wrong = ~np.isfinite(array)
        if wrong.any():
            at = int(np.argmax(wrong))
            raise PriceError(f"{name}[{at}]: {array[at]} is not a finite number")
    why = fault(problem, prices.fees)
    if why is not None:
        raise PriceError(why)


def _without_floors(prices: Prices) -> Prices:
    return replace(prices, tier_price=np.zeros(0))


@dataclass(frozen=True)
class _Grid:
    """Prices as integers over 2**bits, in 64 bits or as Python integers."""

    bits: int
    wide: bool

    @classmethod
    def of(cls, problem: Problem, prices: Prices, tier: int) -> "_Grid":
        """Choose the grid: all bits of every price where possible.

        64-bit integers hold a reduced value if `most * 2**bits` stays below WORD, where
        `most` bounds |value| + sum |price| use + sum |floor value| over any option.
        Prices that need more bits are kept exactly in a small problem; in a large one
        they are read on the finest grid that fits: another price, equally valid.
        """
        numbers = (
            prices.price,
            prices.supply_price,
            prices.tier_price,
            prices.fees.fee,
        )
        needed = max(map(_bits, numbers))
        room = _room_for(problem, prices, tier)
        if needed <= room:
            return cls(bits=needed, wide=False)
        if problem.num_uses <= SMALL or room < 0:
            return cls(bits=needed, wide=True)
        return cls(bits=room, wide=False)


def _bits(array: FloatArray) -> int:
    """Return the least k for which every number is an integer over 2**k."""
    numbers = array[array != 0]
    if not len(numbers):
        return 0
    mantissa, exponent = np.frexp(numbers)
    whole = np.abs(mantissa * 2.0**53).astype(np.int64)
    lowest_bit = np.log2((whole & -whole).astype(float)).astype(np.int64)
    return max(0, int((53 - lowest_bit - exponent).max()))


def _room(most: float) -> int:
    """Return the largest k for which `most * 2**k` is safely below WORD."""
    return int(np.floor(np.log2(WORD / min(max(most, 1.0), 1e300)))) - 1


def _room_for(problem: Problem, prices: Prices, tier: int) -> int:
    """Return the largest k for which every reduced value over 2**k fits 64 bits.

    Reading a price as an integer over 2**k moves it by less than 2**-k, so the finer
    the grid, the less that adds to what an option pays.
    """
    paid, uses = _most_paid(problem, prices)
    fine = _room(_largest_reduced_value(problem, prices, tier, paid, uses / FINE))
    if fine >= FINE.bit_length():
        return fine
    return _room(_largest_reduced_value(problem, prices, tier, paid, uses))


def _most_paid(problem: Problem, prices: Prices) -> tuple[float, float]:
    """Return the most that an option pays by |price|, and the most that one uses."""
    price, paid, uses = np.abs(prices.price), 0.0, 0.0
    with np.errstate(over="ignore"):
        for first, last in _chunks(problem):
            start, stop = (int(problem.agent_ptr[end]) for end in (first, last))
            ptr = problem.use_ptr[start : stop + 1]
            used = slice(int(ptr[0]), int(ptr[-1]))
            owners = ptr[:-1][np.diff(ptr) > 0] - ptr[0]
            if not len(owners):
                continue
            amount = np.abs(problem.use_amount[used].astype(np.float64))
            cost = price[problem.use_resource[used]] * amount
            paid = max(paid, float(np.add.reduceat(cost, owners).max()))
            uses = max(uses, float(np.add.reduceat(amount, owners).max()))
    return paid, uses


def _largest_reduced_value(
    problem: Problem, prices: Prices, tier: int, paid: float, moved: float
) -> float:
    """Bound |reduced value| over all options, with room for rounding.

    `moved` is what an option pays more at the most where prices are read on a grid.
    """
    uses = int(np.diff(problem.use_ptr).max(initial=0))
    with np.errstate(over="ignore"):
        total = paid + moved + float(np.abs(prices.price).max(initial=0.0)) + 1
        total += float(np.abs(prices.supply_price).max(initial=0.0))
        total += (float(np.abs(prices.fees.fee).max(initial=0.0)) + 1) * uses
        total += _largest(problem.value(tier))
        for i, g in enumerate(prices.tier_price):
            total += (abs(float(g)) + 1) * max(1.0, _largest(problem.value(i)))
    return total * 1.001


def _largest(values: IntArray) -> float:
    return max(float(values.max(initial=0)), -float(values.min(initial=0)))


@dataclass(frozen=True)
class _Scaled:
    """Prices inside their ranges, as integers over 2**bits."""

    price: Numbers
    lines: list[int]
    floors: list[int]
    fees: Fees
    fee: Numbers


def _scaled(
    problem: Problem, prices: Prices, grid: _Grid, *, soft_unit: int | None
) -> _Scaled:
    """Return the prices as integers, moved into the ranges where they prove anything.

    `soft_unit` says what a unit of soft price is worth: 1 in the first tier; in later
    tiers (None) as much as a unit of the first tier, which is where it is paid.
    """
    floors = [min(0, number) for number in _integers(prices.tier_price, grid).tolist()]
    unit = -floors[0] if soft_unit is None else soft_unit << grid.bits
    lines = np.maximum(_integers(prices.supply_price, grid), 0)
    lines[problem.supply_upper >= UNLIMITED] = 0
    price = _integers(prices.price, grid)
    _clip_soft(problem, price, unit)
    free = (problem.resource_upper >= UNLIMITED) & ~problem.resource_supplied
    price[free] = np.minimum(price[free], 0)
    _clip_supplied(problem, price, lines)
    order = np.argsort(prices.fees.option, kind="stable")
    fees = Fees(
        option=prices.fees.option[order],
        resource=prices.fees.resource[order],
        fee=prices.fees.fee[order],
    )
    fee = np.maximum(_integers(fees.fee, grid), 0)
    return _Scaled(price=price, lines=lines.tolist(), floors=floors, fees=fees, fee=fee)


def _integers(array: FloatArray, grid: _Grid) -> Numbers:
    if not grid.wide:
        return np.rint(np.ldexp(array, grid.bits)).astype(np.int64)
    exact = [int(Fraction(float(x)) * (1 << grid.bits)) for x in array]
    return np.array(exact, dtype=object)


def _within_steps(problem: Problem, prices: Prices, unit: float) -> Prices:
    """Move prices of limits with steps to the last float inside their range.

    A unit is worth a part of a soft price there, which few grids have.
    """
    price = prices.price.copy()
    for soft, sign in (
        (problem.resource_excess_price, 1.0),
        (problem.resource_shortfall_price, -1.0),
    ):
        for r in np.flatnonzero((problem.resource_step > 1) & (soft >= 0)).tolist():
            cap = int(soft[r]) * Fraction(unit) / int(problem.resource_step[r])
            if Fraction(sign * float(price[r])) > cap:
                price[r] = sign * inward(cap)
    return replace(prices, price=price)


def inward(number: Fraction) -> float:
    """Return the largest float that is not above a number of 0 or more."""
    nearest = float(number)
    return nearest if Fraction(nearest) <= number else math.nextafter(nearest, 0.0)


def _clip_soft(problem: Problem, price: Numbers, unit: int) -> None:
    """Keep p step <= excess price and -p step <= shortfall price, where it is soft.

    A started step costs the whole price, so p t less that is largest at the limit.
    """
    over, short = problem.resource_excess_price, problem.resource_shortfall_price
    for rows, most, sign in ((over >= 0, over, 1), (short >= 0, short, -1)):
        at = np.flatnonzero(rows)
        steps = problem.resource_step[at].tolist()
        caps = [
            value * unit // step
            for value, step in zip(most[at].tolist(), steps, strict=True)
        ]
        if price.dtype != object:
            caps = [min(cap, WORD) for cap in caps]
        limit = np.array(caps, dtype=price.dtype)
        price[at] = sign * np.minimum(sign * price[at], limit)


def _clip_supplied(problem: Problem, price: Numbers, lines: Numbers) -> None:
    """Keep 0 <= p <= the price of every line that may supply the resource."""
    at = np.flatnonzero(problem.resource_supplied)
    if not len(at):
        return
    # Rows without lines own no entry, so each segment is one supplied resource.
    cheapest = np.minimum.reduceat(lines[problem.supply_index], problem.supply_ptr[at])
    price[at] = np.clip(price[at], 0, cheapest)


def _agents(
    problem: Problem, scaled: _Scaled, weights: list[tuple[IntArray, int]]
) -> int:
    """Return the sum over agents of the best reduced value of their options."""
    total = 0
    for first, last in _chunks(problem):
        ptr = problem.agent_ptr[first : last + 1]
        start, stop = int(ptr[0]), int(ptr[-1])
        reduced = -_paid(problem, scaled.price, start, stop)
        for value, weight in weights:
            reduced = reduced + value[start:stop].astype(reduced.dtype) * weight
        paying = slice(*np.searchsorted(scaled.fees.option, [start, stop]))
        np.subtract.at(reduced, scaled.fees.option[paying] - start, scaled.fee[paying])
        owners = np.flatnonzero(np.diff(ptr) > 0)
        if not len(owners):
            continue
        best = np.maximum.reduceat(reduced, ptr[owners] - start)
        free = ~problem.agent_must[first:last][owners]
        best[free] = np.maximum(best[free], 0)
        total += _sum(best)
    return total


def _chunks(problem: Problem) -> list[tuple[int, int]]:
    """Return ranges of agents whose options have about CHUNK uses together."""
    ends = problem.use_ptr[problem.agent_ptr]
    cuts = np.searchsorted(ends, np.arange(CHUNK, int(ends[-1]) + CHUNK, CHUNK))
    steps = np.unique(np.concatenate(([0], cuts.clip(max=problem.num_agents))))
    last = problem.num_agents
    steps = np.append(steps[steps < last], last)
    return list(zip(steps[:-1].tolist(), steps[1:].tolist(), strict=True))


def _paid(problem: Problem, price: Numbers, start: int, stop: int) -> Numbers:
    """Return what each option from `start` to `stop` pays for what it uses."""
    ptr = problem.use_ptr[start : stop + 1]
    uses = slice(int(ptr[0]), int(ptr[-1]))
    running = np.zeros(uses.stop - uses.start + 1, dtype=price.dtype)
    # Running totals may wrap around in 64 bits, but their differences come out right.
    np.cumsum(
        price[problem.use_resource[uses]] * problem.use_amount[uses], out=running[1:]
    )
    paid: Numbers = np.diff(running[ptr - ptr[0]])
    return paid


def _sum(numbers: Numbers) -> int:
    """Return an exact sum, however large."""
    if numbers.dtype == object:
        return int(sum(numbers.tolist()))
    high, low = numbers >> 32, numbers & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())


def _limits(
    problem: Problem, scaled: _Scaled, openings: list[tuple[IntArray, int]]
) -> int:
    """Return what the limits are worth at these prices, supply lines included.

    `openings` are the values of opening by tier, with the weight of each.
    """
    price, own = scaled.price, ~problem.resource_supplied
    cohort = problem.resource_only_if_used & own
    limit = np.where(price > 0, problem.resource_upper, problem.resource_lower)
    always = np.flatnonzero((price != 0) & own & ~cohort)
    worth = _dot(price[always], limit[always])
    fees: dict[int, int] = {}
    for r, fee in zip(scaled.fees.resource.tolist(), scaled.fee.tolist(), strict=True):
        fees[r] = fees.get(r, 0) + fee
    # A cohort is left closed where that is worth more.
    for r in np.flatnonzero(cohort).tolist():
        opened = fees.get(r, 0) + int(price[r]) * int(limit[r])
        opened += sum(int(value[r]) * weight for value, weight in openings)
        opened -= sum(int(price[s]) * amount for s, amount in problem.opening_uses(r))
        worth += max(0, opened)
    lines = np.array(scaled.lines, dtype=price.dtype)
    return worth + _dot(lines, problem.supply_upper)


def _dot(left: Numbers, right: IntArray) -> int:
    """Return an exact sum of products, however large."""
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    total: int = sum(price * limit for price, limit in pairs)
    return total
