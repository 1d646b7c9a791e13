"""How a stay falls into fiscal years."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from programs.choices import CostFormula
from programs.costing.calendar import add_months, shares

DAYS = st.dates(date(2024, 1, 1), date(2032, 1, 1))


@pytest.mark.parametrize("start", [date(2026, 10, 1), date(2026, 10, 20)])
def test_six_months_from_october_fall_half_into_the_next_year(start):
    assert shares(CostFormula.PER_MONTH, start, add_months(start, 6)) == {
        2026: 3,
        2027: 3,
    }


def test_a_broken_last_month_counts_by_its_days():
    due = shares(CostFormula.PER_MONTH, date(2027, 1, 1), date(2027, 2, 15))
    assert due == {2027: 1 + Fraction(14, 28)}


def test_a_month_begun_on_the_31st_keeps_its_day():
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2027, 1, 31), 2) == date(2027, 3, 31)
    due = shares(CostFormula.PER_MONTH, date(2027, 1, 31), date(2027, 3, 31))
    assert due == {2027: 2}


def test_one_off_costs_fall_into_the_year_of_the_start():
    due = shares(CostFormula.ONE_OFF, date(2026, 12, 31), date(2028, 1, 1))
    assert due == {2026: 1}


@given(start=DAYS, days=st.integers(1, 1500))
def test_every_day_is_paid_once(start, days):
    due = shares(CostFormula.PER_DAY, start, start + timedelta(days))
    assert sum(due.values()) == days


@given(start=DAYS, months=st.integers(1, 48))
def test_whole_months_are_paid_whole(start, months):
    due = shares(CostFormula.PER_MONTH, start, add_months(start, months))
    assert sum(due.values()) == months
