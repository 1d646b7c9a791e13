"""Money to planning units, exactly, with one rule for rounding."""

from fractions import Fraction
from math import floor

UNIT = 1000
"""Rupiah in a planning unit."""


def half_up(value):
    """Round an exact number to the nearest integer, halves away from zero."""
    return floor(value + Fraction(1, 2))


def to_units(amount, rate=1):
    """Return rupiah amount x rate as an exact fraction of planning units."""
    return Fraction(amount) * Fraction(rate) / UNIT


def rounded_split(parts):
    """Round exact parts to integers so that they still add up to the rounded total.

    Each part is the rounded sum up to it less the rounded sum before it, so no part
    is off by a whole unit or more and nothing is lost between years or payers.
    """
    rounded, exact, given = [], Fraction(0), 0
    for part in parts:
        exact += part
        rounded.append(half_up(exact) - given)
        given += rounded[-1]
    return rounded
