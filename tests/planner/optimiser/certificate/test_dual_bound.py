"""The bound holds for every plan, at any prices, and is exact."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from planner.optimiser import read_instance
from planner.optimiser.certificate import dual_bound as bounds
from planner.optimiser.certificate.dual_bound import (
    PriceError,
    Prices,
    bound,
    proves_infeasible,
)
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
