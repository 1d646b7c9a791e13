"""What a comparison's value is in the whole numbers in which facts are compared."""

from datetime import date
from decimal import Decimal

from .tree import Day, Leaf
from .vocabulary import CLOSED, FACTS, HUNDREDTHS, UNITS, Kind, kind_of


def weight(leaf: Leaf) -> int:
    """Return the number a fact is compared with: hundredths, a level, part of a day.

    A day is its shift alone (days of the same name can be compared), or its ordinal.
    """
    fact, kind = FACTS[leaf.fact], kind_of(leaf)
    if leaf.day:
        return _day(leaf.day)
    (value,) = leaf.values
    if kind == Kind.LEVEL and fact.of:
        return CLOSED[fact.of].index(value) + 1
    if kind == Kind.DURATION:
        return int(Decimal(value) * UNITS[leaf.unit])
    return int(Decimal(value) * HUNDREDTHS)


def _day(day: Day) -> int:
    try:
        return date.fromisoformat(day.name).toordinal() + day.shift
    except ValueError:
        return day.shift
