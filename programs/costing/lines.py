"""The values of a cost table."""

from typing import NamedTuple
from uuid import UUID


class Share(NamedTuple):
    """A part of a cost, and the budget lines that may pay it between them."""

    amount: int
    payers: frozenset


class CostLine(NamedTuple):
    """What one category costs one person in one fiscal year, in planning units."""

    category: str
    fiscal_year: int
    amount: int
    shares: tuple


class Unpaid(NamedTuple):
    """A cost that nobody may pay, which makes the place impossible.

    ``waived`` means that only the worker could pay, and may not be charged.
    """

    category: str
    fiscal_year: int
    waived: bool


class Line(NamedTuple):
    """A budget line in planning units; an ``amount`` of None has no limit."""

    source: UUID
    fiscal_year: int
    category: str | None
    amount: int | None
