"""How a stay falls into fiscal years; the Indonesian fiscal year is the calendar year.

Monthly costs fall due when a month of the stay begins, counted from its first day: a
stay from 20 October has months beginning on 20 October, 20 November and so on, and
each is booked in the year it begins in. A broken last month counts by its days.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from programs.choices import CostFormula


@lru_cache(maxsize=4096)
def shares(
    formula: str, starts_on: date, ends_on: date, until: date | None = None
) -> Mapping[int, Fraction]:
    """Return {fiscal year: how often the amount falls due} for a half-open stay.

    With ``until``, only what falls due before that day. Many people share a stay, so
    the answer is remembered.
    """
    until = ends_on if until is None else min(until, ends_on)
    times = _FORMULAS[CostFormula(formula)](starts_on, ends_on, until)
    return MappingProxyType(times)


def add_months(day: date, months: int) -> date:
    """Return the day that many months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _once(starts_on: date, _ends_on: date, _until: date) -> dict[int, Fraction]:
    return {starts_on.year: Fraction(1)}


def _per_month(starts_on: date, ends_on: date, until: date) -> dict[int, Fraction]:
    due: dict[int, Fraction] = defaultdict(Fraction)
    number = 0
    while (begin := add_months(starts_on, number)) < until:
        end = add_months(starts_on, number + 1)
        stayed = (min(end, ends_on) - begin).days
        due[begin.year] += Fraction(stayed, (end - begin).days)
        number += 1
    return dict(due)


def _per_day(starts_on: date, _ends_on: date, until: date) -> dict[int, Fraction]:
    due = {}
    for year in range(starts_on.year, until.year + 1):
        begin, end = (
            max(starts_on, date(year, 1, 1)),
            min(until, date(year + 1, 1, 1)),
        )
        if begin < end:
            due[year] = Fraction((end - begin).days)
    return due


_FORMULAS = {
    CostFormula.ONE_OFF: _once,
    CostFormula.PER_MONTH: _per_month,
    CostFormula.PER_DAY: _per_day,
}
