"""Rounding loses nothing."""

from fractions import Fraction

from hypothesis import given, strategies as st

from programs.costing import rounded_split, to_units
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
