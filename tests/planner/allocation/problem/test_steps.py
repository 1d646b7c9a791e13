"""A line that pays n people on paper pays n in the plan, and never one more."""

from fractions import Fraction
from math import floor
from types import SimpleNamespace

from hypothesis import given, strategies as st

from planner.allocation.problem import steps
from planner.optimiser.model.problem import UNLIMITED
from programs.costing import to_units

CENTS = st.integers(1, 10**9).map(lambda cents: Fraction(cents, 100))
RATES = st.integers(1, 5 * 10**10).map(lambda micro: Fraction(micro, 10**6))
PEOPLE = st.integers(1, 2000)


def line(left):
    return SimpleNamespace(left=left)


def counted(lefts, pools):
    """Return (steps each line can give, steps each amount needs), as the builder."""
    found = steps.find([line(left) for left in lefts], pools)
    give = [
        UNLIMITED if left is None else floor(left / step)
        for left, step in zip(lefts, found, strict=True)
    ]
    need = {
        (together, amount): floor(amount / found[together[0]])
        for together, amounts in pools.items()
        for amount in amounts
    }
    return give, need


@given(cost=CENTS, rate=RATES, people=PEOPLE, spare=st.integers(-200, 200))
def test_one_cost_in_the_lines_own_currency_fits_exactly_as_on_paper(
    cost, rate, people, spare
):
    """The line has a few cents more or fewer than so many people cost."""
    has = max(Fraction(0), people * cost + Fraction(spare, 100))
    amount = to_units(cost, rate)
    (give,), need = counted([to_units(has, rate)], {(0,): {amount}})
    for number in (people - 1, people, people + 1):
        fits = number * need[(0,), amount] <= give
        assert fits == (number * cost <= has)


@given(
    costs=st.lists(CENTS, min_size=1, max_size=6),
    rate=RATES,
    data=st.data(),
    spare=st.integers(-5, 5),
)
def test_a_mix_of_costs_fits_exactly_as_on_paper(costs, rate, data, spare):
    numbers = [data.draw(PEOPLE) for _cost in costs]
    on_paper = sum(n * cost for n, cost in zip(numbers, costs, strict=True))
    has = max(Fraction(0), on_paper + Fraction(spare, 100))
    amounts = [to_units(cost, rate) for cost in costs]
    (give,), need = counted([to_units(has, rate)], {(0,): set(amounts)})
    used = sum(n * need[(0,), a] for n, a in zip(numbers, amounts, strict=True))
    assert (used <= give) == (on_paper <= has)


@given(
    cost=CENTS,
    rates=st.tuples(RATES, RATES),
    people=PEOPLE,
    mine=st.integers(0, 10**6),
)
def test_lines_of_two_currencies_lose_nobody_and_overspend_by_no_rupiah_each(
    cost, rates, people, mine
):
    """A cost in one currency, paid by a line of it and one of another, together."""
    amount, other = to_units(cost, rates[0]), to_units(1, rates[1])
    whole = people * amount
    first = to_units(min(people * cost, Fraction(mine)), rates[0])
    second = max(Fraction(0), whole - first)
    # On paper the second line holds a whole number of its cents.
    second = Fraction(-floor(-second / other * 100), 100) * other
    pools = {(0, 1): {amount}}
    give, need = counted([first, second], pools)
    (each,) = need.values()
    (step, _same) = steps.find([line(first), line(second)], pools)
    assert sum(give) - people * each >= -2
    assert each * step <= amount
    assert amount - each * step < max(step, steps.RUPIAH)


def test_what_is_left_beside_whole_costs_is_still_told_exactly():
    (step,) = steps.find([line(Fraction(16_000))], {(0,): {Fraction(10_000)}})
    assert step == 2000


def test_the_yen_line_of_three_places_pays_three():
    """JPY 300,000 for JPY 100,000 each: rounding lost the third before."""
    rate = Fraction("115.409665")
    amount, has = to_units(100_000, rate), to_units(300_000, rate)
    assert counted([has], {(0,): {amount}}) == ([3], {((0,), amount): 1})


def test_a_cost_may_be_shared_by_lines_that_hold_half_of_it_each():
    amount = Fraction(10_000)
    give, need = counted([Fraction(5000), Fraction(5000)], {(0, 1): {amount}})
    assert sum(give) == need[(0, 1), amount]


def test_lines_without_a_limit_have_none_in_steps():
    give, need = counted([None, Fraction(7)], {(0, 1): {Fraction(21)}})
    assert (give, need) == ([UNLIMITED, 1], {((0, 1), 21): 3})


def test_amounts_too_fine_for_a_solver_are_cut_to_whole_rupiah():
    fine = to_units(Fraction("0.01"), Fraction("115.409665"))
    much = Fraction(10**9)
    found = steps.find([line(much), line(much)], {(0, 1): {fine + 1}})
    assert found == [steps.RUPIAH, steps.RUPIAH]
