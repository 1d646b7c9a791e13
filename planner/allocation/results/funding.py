"""Who pays what for whom: the flows of a plan, laid out person by person."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple
from uuid import UUID

from planner.allocation.problem.builder import Line
from planner.allocation.problem.costs import Entry, Pool
from planner.allocation.problem.snapshot import Snapshot
from programs.costing import CENTS, UNIT

from .outcome import Outcome


class Part(NamedTuple):
    """What one budget line pays of one category, in rupiah and in its own currency."""

    line: Line
    category: str
    rupiah: Decimal
    own: Decimal


class Purse:
    """What a line has paid so far, so that its cents add up to what it pays in all.

    Cut downwards: however many people share a line, they never get more than it has.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self.paid = Fraction(0)
        self.cents: dict[Fraction, int] = defaultdict(int)

    def pay(self, category: str, steps: Fraction) -> Part:
        """Return the part that so many steps are."""
        self.paid += steps * self.line.step * UNIT
        rupiah = self._cents(Fraction(1))
        own = rupiah if self.line.rate == 1 else self._cents(self.line.rate)
        return Part(self.line, category, rupiah, own)

    def _cents(self, rate: Fraction) -> Decimal:
        """Return what is new since the last time, in a currency of this rate."""
        total = floor(self.paid * CENTS / rate)
        new, self.cents[rate] = total - self.cents[rate], total
        return Decimal(new) / CENTS


def lay_out(outcome: Outcome) -> dict[int, list[Part]]:
    """Return {pair: [Part]} for the pairs of a plan.

    Pools are served in the order of the people, line after line, so that few people
    have one cost split between two payers.
    """
    snapshot = outcome.snapshot
    rest = {
        pool: [(line, Fraction(steps)) for line, steps in lines.items()]
        for pool, lines in outcome.flow.items()
    }
    position = {line.pk: at for at, line in enumerate(snapshot.rows.budget_lines)}
    purses = [Purse(line) for line in snapshot.lines]
    tariffs = [
        list(asked(snapshot, position, entry)) for entry in snapshot.tariffs.entries
    ]
    paid: dict[int, list[Part]] = {}
    for option in outcome.chosen.tolist():
        for pair in snapshot.offers.pairs_of(option).tolist():
            paid[pair] = [
                purses[line].pay(category, steps)
                for category, pool, amount in tariffs[snapshot.pairs.tariff[pair]]
                for line, steps in draw(rest[pool], amount)
            ]
    return paid


def asked(
    snapshot: Snapshot, position: dict[UUID, int], tariff: list[Entry]
) -> Iterator[tuple[str, int, Fraction]]:
    """Yield (category, pool, steps) of a tariff.

    Costs of one pool are cut to whole steps together, as the problem counts them. One
    of them may be less than a step, and gets its part of it.
    """
    costs = [
        (category, (year, tuple(sorted(position[line] for line in payers))), amount)
        for category, year, amount, payers in tariff
    ]
    sums: dict[Pool, Fraction] = defaultdict(Fraction)
    for _category, pool, amount in costs:
        sums[pool] += amount
    steps = {
        pool: floor(total / snapshot.lines[pool[1][0]].step)
        for pool, total in sums.items()
    }
    told: dict[Pool, Fraction] = defaultdict(Fraction)
    for category, pool, amount in costs:
        step = snapshot.lines[pool[1][0]].step
        part = min(amount / step, steps[pool] - told[pool])
        told[pool] += part
        yield category, snapshot.pools[pool], part


def draw(
    rest: list[tuple[int, Fraction]], amount: Fraction
) -> list[tuple[int, Fraction]]:
    """Take an amount from the front of what lines still give a pool."""
    parts = []
    while amount:
        line, left = rest[0]
        part = min(amount, left)
        if part:
            parts.append((line, part))
            amount -= part
        if part == left:
            rest.pop(0)
        else:
            rest[0] = (line, left - part)
    return parts


def by_source(parts: list[Part]) -> list[dict[str, Any]]:
    """Return a pair's funding as stored rows, one per source, year and category."""
    sums: dict[tuple[str, int, str, str], list[Decimal]] = defaultdict(
        lambda: [Decimal(0), Decimal(0)]
    )
    for part in parts:
        line = part.line
        entry = sums[line.source.code, line.year, part.category, line.currency]
        entry[0] += part.rupiah
        entry[1] += part.own
    return [
        {"source": source, "year": year, "category": category, "amount": units(rupiah)}
        | ({} if currency == "IDR" else foreign(currency, own))
        for (source, year, category, currency), (rupiah, own) in sorted(sums.items())
        if own
    ]


def foreign(currency: str, own: Decimal) -> dict[str, Any]:
    """Return what a line of another currency pays in that, as stored."""
    return {"currency": currency, "foreign_amount": format(own, "f")}


def units(rupiah: Decimal) -> int | str:
    """Return rupiah as planning units that JSON keeps exactly."""
    exact = rupiah / UNIT
    return int(exact) if exact == int(exact) else format(exact.normalize(), "f")
