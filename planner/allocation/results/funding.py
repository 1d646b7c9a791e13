"""Who pays what for whom: the flows of a plan, laid out person by person."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple
from uuid import UUID

from planner.allocation.problem.builder import Line
from planner.allocation.problem.costs import Entry
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

    def pay(self, category: str, steps: int) -> Part:
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
    rest = {pool: list(lines.items()) for pool, lines in outcome.flow.items()}
    position = {line.pk: at for at, line in enumerate(snapshot.rows.budget_lines)}
    purses = [Purse(line) for line in snapshot.lines]
    paid: dict[int, list[Part]] = {}
    for option in outcome.chosen.tolist():
        for pair in snapshot.offers.pairs_of(option).tolist():
            tariff = snapshot.tariffs.entries[snapshot.pairs.tariff[pair]]
            paid[pair] = [
                purses[line].pay(category, steps)
                for category, pool, amount in asked(snapshot, position, tariff)
                for line, steps in draw(rest[pool], amount)
            ]
    return paid


def asked(
    snapshot: Snapshot, position: dict[UUID, int], tariff: list[Entry]
) -> Iterator[tuple[str, int, int]]:
    """Yield (category, pool, steps) of a tariff.

    Costs of one pool are cut to steps together, as the problem counts them.
    """
    sums: dict[tuple[int, tuple[int, ...]], Fraction] = defaultdict(Fraction)
    for category, year, amount, payers in tariff:
        lines = tuple(sorted(position[line] for line in payers))
        step = snapshot.lines[lines[0]].step
        before = floor(sums[year, lines] / step)
        sums[year, lines] += amount
        yield (
            category,
            snapshot.pools[year, lines],
            floor(sums[year, lines] / step) - before,
        )


def draw(rest: list[tuple[int, int]], amount: int) -> list[tuple[int, int]]:
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
