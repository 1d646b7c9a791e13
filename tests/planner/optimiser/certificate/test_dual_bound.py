"""The bound holds for every plan, at any prices, and is exact."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from planner.optimiser import Problem, read_instance
from planner.optimiser.certificate import dual_bound as bounds
from planner.optimiser.certificate.dual_bound import (
    PriceError,
    Prices,
    bound,
    proves_infeasible,
)
from planner.optimiser.model.fees import Fees
from planner.optimiser.model.problem import UNLIMITED
from tests.planner.optimiser import brute, strategies


@st.composite
def priced_problems(draw):
    """A problem with prices for each of its tiers."""
    problem = draw(strategies.problems(max_agents=4))
    prices = [
        Prices(
            price=draw(strategies.price_vectors(problem.num_resources)),
            supply_price=draw(strategies.price_vectors(problem.num_supplies)),
            tier_price=draw(strategies.price_vectors(tier)),
            fees=draw(strategies.fees(problem)),
        )
        for tier in range(problem.num_tiers)
    ]
    return problem, prices


@given(priced_problems())
def test_bound_holds_for_every_plan(case):
    """Weak duality, tier by tier: no feasible plan is above what any prices prove."""
    problem, prices = case
    plans = list(brute.plans(problem))
    for values, _ in plans:
        for tier in range(problem.num_tiers):
            levels = values[:tier]
            proven = bound(problem, prices[tier], tier=tier, levels=levels)
            reaching = [
                v[tier]
                for v, _ in plans
                if all(a >= b for a, b in zip(v[:tier], levels, strict=True))
            ]
            assert max(reaching) <= proven


@given(priced_problems())
def test_bound_is_the_sum_of_its_terms(case):
    """The vectorised bound equals the textbook formula, to the last bit."""
    problem, prices = case
    for tier, priced in enumerate(prices):
        levels = tuple(range(tier))
        expected = brute.bound(
            problem,
            priced.price,
            priced.supply_price,
            priced.tier_price,
            tier=tier,
            levels=levels,
            fees=strategies.as_dict(priced.fees),
        )
        assert bound(problem, priced, tier=tier, levels=levels) == expected


@given(priced_problems())
def test_prices_prove_infeasible_only_what_is(case):
    """A proof of infeasibility and a plan cannot both exist."""
    problem, prices = case
    if proves_infeasible(problem, prices[0]):
        assert brute.optimum(problem) is None


@given(priced_problems())
def test_64_bit_and_unlimited_integers_agree(case):
    """The fast path and the wide one compute the same number."""
    problem, prices = case
    first = Prices(
        price=np.round(prices[0].price.clip(-99, 99) * 16) / 16,
        supply_price=np.round(prices[0].supply_price.clip(-99, 99) * 16) / 16,
        tier_price=np.zeros(0),
        fees=replace(prices[0].fees, fee=np.round(prices[0].fees.fee * 16) / 16),
    )
    narrow = bounds._Grid.of(problem, first, 0)
    assert not narrow.wide
    fast = bound(problem, first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "WORD", 1)
        assert bounds._Grid.of(problem, first, 0).wide or narrow.bits == 0
        assert bound(problem, first) == fast


def test_bound_of_a_hand_solved_instance(instance_path):
    """At price 640 the seat is worth 640 and leaves Ani 172: 812 in all."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    assert bound(problem, hand_prices(problem, seat=640.0)) == 812
    assert bound(problem, hand_prices(problem, seat=640.5)) == 812
    assert bound(problem, hand_prices(problem, seat=0.0)) == 812 + 640


def test_prices_of_any_precision_are_exact_in_small_problems(instance_path):
    """A price of a tenth is not exactly a tenth, and the bound says so."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    price = 0.1
    expected = 812 + 640 - Fraction(price)
    assert bound(problem, hand_prices(problem, seat=price)) == expected


def test_large_problems_are_priced_in_chunks(instance_path, monkeypatch):
    """The cut into chunks changes nothing."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    monkeypatch.setattr(bounds, "CHUNK", 1)
    assert bound(problem, hand_prices(problem, seat=640.0)) == 812


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_prices_are_finite_numbers(instance_path, wrong):
    problem = read_instance(instance_path("two-people-one-seat.json"))
    with pytest.raises(PriceError, match=r"^price\[0\]: .* is not a finite number$"):
        bound(problem, hand_prices(problem, seat=wrong))


def test_an_unlimited_resource_has_no_positive_price(instance_path):
    """What is unlimited costs nothing, whatever the prices say."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    upper = problem.resource_upper.copy()
    upper[0] = UNLIMITED
    problem = problem.replace(resource_upper=upper)
    assert bound(problem, hand_prices(problem, seat=640.0)) == 812 + 640


def hand_prices(problem, *, seat):
    price = np.zeros(problem.num_resources)
    price[0] = seat
    return Prices(
        price=price,
        supply_price=np.zeros(problem.num_supplies),
        tier_price=np.zeros(0),
    )


def cohort_of_two():
    """Two people whom only a course of exactly two would take: 10 and 1, money for one.

    Half a course is worth 5.5 to the linear program, and nothing in truth.
    """
    return Problem(
        agent_must=[False, False],
        option_agent=[0, 1],
        option_value=[10, 1],
        use_ptr=[0, 2, 4],
        use_resource=[0, 1, 0, 1],
        use_amount=[1, 1, 1, 1],
        resource_upper=[2, 1],
        resource_lower=[2, 0],
        resource_only_if_used=[True, False],
        resource_shortfall_price=[-1, -1],
        resource_excess_price=[-1, -1],
        supply_upper=[],
        supply_ptr=[0, 0, 0],
        supply_index=[],
    )


def course_fees(*numbers):
    options = np.arange(len(numbers))
    return Fees(
        option=options, resource=np.zeros_like(options), fee=np.array(numbers, float)
    )


def test_fees_prove_what_no_price_can():
    """Ani pays for entry what Budi is missing; half a course is worth less then."""
    problem = cohort_of_two()
    prices = Prices(
        price=np.array([-1.0, 2.0]), supply_price=np.zeros(0), tier_price=np.zeros(0)
    )
    without = bound(problem, prices)
    with_fees = bound(problem, replace(prices, fees=course_fees(2.0, 0.0)))
    assert (without, with_fees) == (11, 9)
    assert bound(problem, replace(prices, fees=course_fees(-2.0, 0.0))) == without


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fee": np.array([1.0])}, r"^fees: \(2,\) options, .* and \(1,\) fees$"),
        ({"fee": np.array([1.0, np.nan])}, r"^fee\[1\]: nan is not a finite number$"),
        ({"option": np.array([0, 2])}, r"^fee_option\[1\]: 2 is not from 0 to 1$"),
        (
            {"resource": np.array([-1, 0])},
            r"^fee_resource\[0\]: -1 is not from 0 to 1$",
        ),
        ({"resource": np.array([0, 1])}, r"^fee\[1\]: 2.0 is for no cohort$"),
        ({"option": np.array([0, 0])}, r"^fee\[1\]: 2.0 is the second for its option"),
    ],
)
def test_damaged_fees_are_refused_in_one_line(changes, says):
    """An entry that pays for nothing, or twice, is a fault of whoever wrote it."""
    prices = Prices(
        price=np.zeros(2),
        supply_price=np.zeros(0),
        tier_price=np.zeros(0),
        fees=replace(course_fees(1.0, 2.0), **changes),
    )
    with pytest.raises(PriceError, match=says):
        bound(cohort_of_two(), prices)


def test_a_fee_for_a_cohort_that_the_option_does_not_use_is_refused():
    """Without use there is no row x <= open, so such a fee would prove too much."""
    problem = cohort_of_two().replace(use_amount=[1, 1, 0, 1])
    prices = Prices(
        price=np.zeros(2),
        supply_price=np.zeros(0),
        tier_price=np.zeros(0),
        fees=course_fees(1.0, 2.0),
    )
    with pytest.raises(PriceError, match="does not use"):
        bound(problem, prices)
