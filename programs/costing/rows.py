"""What the cost table reads: rules of costs and of payers, places, their parts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from programs.models import CostRule

from .amounts import CENTS, rounded_split, to_units
from .lines import CostLine, Unpaid
from .rules import whole

PLACE_FIELDS = (
    "intake__program_id",
    "intake__decide_by",
    "host_id",
    "starts_on",
    "ends_on",
    "country_id",
    "intake__program__kind",
    "intake__program__priority_sector",
)


Met = frozenset[str]
"""The conditions of rules about money that hold for somebody at a place."""
NONE_MET: Met = frozenset()
Days = Mapping[UUID, tuple[date, date]]
"""Slot -> the first day of a stay in it, and the day after its last."""
Entry = tuple[tuple[CostLine, ...], tuple[Unpaid, ...]]
Cents = list[tuple[int, Fraction]]
"""Cents of a currency, and its rate, of each currency."""


class Rule(NamedTuple):
    """A cost rule as the table needs it."""

    category_id: str
    formula: str
    amount: Decimal
    currency: str
    origin_id: str | None
    condition: str

    def is_for(self, origin: str | None, met: Met) -> bool:
        """Return whether it is about people from there who meet so much."""
        return self.origin_id in (None, origin) and meets(self.condition, met)


class Payer(NamedTuple):
    """A funding rule as the table needs it."""

    percent: Fraction
    host_pays: bool
    sources: frozenset[UUID]
    condition: str


Funding = dict[tuple[UUID, str], list[Payer]]
"""(program, category) -> its funding rules, the largest share first."""


class Year(NamedTuple):
    """What falls due in a fiscal year, a part for each funding rule.

    ``rest`` is what no funding rule is about.
    """

    number: int
    amount: Fraction
    parts: tuple[Fraction, ...]
    rest: Fraction


class Priced(NamedTuple):
    """What a category costs, but for people of some provinces or who meet something."""

    entry: Entry
    origins: Set[str | None]
    conditions: Met


class Place(NamedTuple):
    """What the costs of a slot depend on, in the order of ``PLACE_FIELDS``."""

    program: UUID
    decide_by: date
    host: UUID
    starts_on: date
    ends_on: date
    country: str
    kind: str
    sector: str


def meets(condition: str, met: Met) -> bool:
    """Return whether a rule is for who meets so much; one without a condition is."""
    return not condition or condition in met


def shares_of(payers: list[Payer]) -> list[Fraction]:
    """Return the share of each funding rule, and what nobody pays, in per cent."""
    percents = whole(payer.percent for payer in payers)
    return [*percents, max(Fraction(100) - sum(percents), Fraction(0))]


def by_owner(
    owner: str, rules: QuerySet[CostRule]
) -> tuple[dict[UUID, list[Rule]], dict[UUID, set[str]]]:
    """Return ({owner: [rule]}, {owner: provinces with own rules})."""
    table: dict[UUID, list[Rule]] = defaultdict(list)
    origins: dict[UUID, set[str]] = defaultdict(set)
    for pk, *values in rules.order_by("pk").values_list(owner, *Rule._fields):
        rule = Rule(*values)
        table[pk].append(rule)
        if rule.origin_id:
            origins[pk].add(rule.origin_id)
    return table, origins


def parts_of(parts: Iterable[tuple[int, Fraction]]) -> list[Fraction]:
    """Return cents of several currencies as exact planning units."""
    return [to_units(Fraction(cents, CENTS), rate) for cents, rate in parts]


def split(
    parts: Cents, percents: list[Fraction]
) -> tuple[tuple[Fraction, ...], Fraction]:
    """Return the worth of each share of an amount, the last one apart.

    Shares are whole cents of each currency.
    """
    shares = [Fraction(0)] * len(percents)
    for cents, rate in parts:
        of_currency = rounded_split([cents * percent / 100 for percent in percents])
        for at, worth in enumerate(parts_of((c, rate) for c in of_currency)):
            shares[at] += worth
    return tuple(shares[:-1]), shares[-1]
