"""Money, exactly: what is rounded is rounded once, in the currency it is stated in.

A cost is a whole number of cents of its own currency, and so is a budget. At a rate
both become exact fractions of planning units: a line that pays n people on paper pays n
in the plan, whatever the rate.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor

UNIT = 1000
"""Rupiah in a planning unit."""

CENTS = 100
"""Smallest amounts in a unit of a currency: money is stored with two decimals."""


def rupiah_to_units(rupiah: Decimal | int | str) -> int:
    """Return how many whole planning units an amount in rupiah holds."""
    return floor(to_units(rupiah))


def half_up(value: Fraction | int) -> int:
    """Round an exact number to the nearest integer, halves away from zero."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def to_units(
    amount: Decimal | Fraction | int | str, rate: Fraction | int = 1
) -> Fraction:
    """Return amount x rate as an exact fraction of planning units."""
    return Fraction(amount) * Fraction(rate) / UNIT


def rounded_split(parts: Iterable[Fraction]) -> list[int]:
    """Round exact parts to integers so that they still add up to the rounded total.

    Each part is the rounded sum up to it less the rounded sum before it, so no part
    is off by a whole unit or more and nothing is lost between years or payers.
    """
    rounded, exact, total = [], Fraction(0), 0
    for part in parts:
        exact += part
        rounded.append(half_up(exact) - total)
        total += rounded[-1]
    return rounded


def units_to_rupiah(units: Decimal | Fraction | int | str) -> Decimal:
    """Return planning units as rupiah, to the cent, for people and for the ledger."""
    return Decimal(half_up(Fraction(units) * UNIT * CENTS)) / CENTS
