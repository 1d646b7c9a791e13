"""Rounding loses nothing."""

from fractions import Fraction

from hypothesis import given, strategies as st

from programs.costing import (
    rounded_split,
    rupiah_to_units,
    to_units,
    units_to_rupiah,
)
from programs.costing.amounts import half_up

PARTS = st.lists(st.fractions(0, 10**6, max_denominator=997), max_size=12)


def test_halves_go_up():
    assert half_up(to_units("1500")) == 2
    assert half_up(to_units("1499.99")) == 1


@given(PARTS)
def test_parts_add_up_to_the_rounded_whole(parts):
    rounded = rounded_split(parts)
    assert sum(rounded) == half_up(sum(parts, Fraction(0)))
    assert all(abs(r - p) < 1 for r, p in zip(rounded, parts, strict=True))


def test_units_and_rupiah_are_two_ways_to_say_the_same():
    assert units_to_rupiah(rupiah_to_units(25_000_000)) == 25_000_000
    # What is not a whole unit is not there to be spent.
    assert rupiah_to_units(1_999) == 1
