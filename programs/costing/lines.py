"""The values of a cost table; amounts are exact fractions of planning units."""

from fractions import Fraction
from typing import NamedTuple
from uuid import UUID


class Share(NamedTuple):
    """A part of a cost, and the budget lines that may pay it between them."""

    amount: Fraction
    payers: frozenset[UUID]


class CostLine(NamedTuple):
    """What one category costs one person in one fiscal year."""

    category: str
    fiscal_year: int
    amount: Fraction
    shares: tuple[Share, ...]


class Unpaid(NamedTuple):
    """A cost that nobody may pay, which makes the place impossible.

    ``waived`` means that only the worker could pay, and may not be charged.
    """

    category: str
    fiscal_year: int
    waived: bool


class Line(NamedTuple):
    """A budget line; an ``amount`` of None has no limit, and counts in rupiah.

    ``rate`` is the rupiah a unit of its own ``currency``: what it has and what was
    committed from it are valued at the same rate, so that only its own money counts.
    """

    source: UUID
    fiscal_year: int
    category: str | None
    amount: Fraction | None
    currency: str
    rate: Fraction
