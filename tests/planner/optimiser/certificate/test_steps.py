"""Soft prices by started step: the bound is the largest over every single use."""

import numpy as np
from hypothesis import given, strategies as st

from planner.optimiser import Limits, Plan, Problem, check, solve
from planner.optimiser.certificate.dual_bound import Prices, bound
from planner.optimiser.certificate.node import _largest
from planner.optimiser.model.problem import UNLIMITED

soft = st.one_of(st.just(-1), st.integers(0, 9))


@st.composite
def limits(draw):
    """One resource without users, and a price for it."""
    lower = draw(st.integers(0, 12))
    upper = draw(st.one_of(st.integers(lower, lower + 9), st.just(UNLIMITED)))
    return one_limit(lower, upper, draw(soft), draw(soft), draw(st.integers(1, 5)))


def one_limit(lower, upper, short, over, step):
    return Problem(
        agent_must=[],
        option_agent=[],
        option_value=[],
        use_ptr=[0],
        use_resource=[],
        use_amount=[],
        resource_upper=[upper],
        resource_lower=[lower],
        resource_only_if_used=[False],
        resource_shortfall_price=[short],
        resource_excess_price=[over],
        resource_step=[step],
        supply_upper=[],
        supply_ptr=[0, 0],
        supply_index=[],
    )


def paid(problem, use):
    """What a use costs, from the definition."""
    step = int(problem.resource_step[0])
    short = max(0, int(problem.resource_shortfall_price[0]))
    over = max(0, int(problem.resource_excess_price[0]))
    missing = max(0, int(problem.resource_lower[0]) - use)
    beyond = max(0, use - int(problem.resource_upper[0]))
    return short * -(-missing // step) + over * -(-beyond // step)


@given(limits(), st.integers(-9, 9), st.integers(0, 25), st.integers(0, 25))
def test_a_node_takes_the_largest_over_every_use(problem, price, low, high):
    uses = range(low, high + 1)
    expected = max((price * t - paid(problem, t) for t in uses), default=None)
    assert _largest(problem, 0, price, 1, low, high) == expected


@given(limits(), st.integers(-90, 90).map(lambda tenth: tenth / 10))
def test_no_use_is_worth_more_than_the_bound(problem, price):
    """Whatever the price, it is moved to where it proves something."""
    none = np.zeros(0)
    given_price = np.array([price])
    prices = Prices(price=given_price, supply_price=none, tier_price=none)
    # Nobody uses anything, so no plan is worth more than -paid(0): nor is the bound.
    hard_floor = problem.resource_shortfall_price[0] < 0 < problem.resource_lower[0]
    if not hard_floor:
        assert bound(problem, prices) >= -paid(problem, 0)


def test_a_started_step_costs_the_whole_price():
    """Seven units asked in steps of three at 4: one unit used is two steps short."""
    problem = one_limit(7, UNLIMITED, 4, -1, 3).replace(
        agent_must=[False] * 2,
        option_agent=[0, 1],
        option_value=[-3, -5],
        use_ptr=[0, 1, 2],
        use_resource=[0, 0],
        use_amount=[1, 6],
    )
    values = {
        choice: Plan.of(problem, np.array(choice)).objective
        for choice in [(-1, -1), (0, -1), (-1, 1), (0, 1)]
    }
    assert values == {(-1, -1): -12, (0, -1): -11, (-1, 1): -9, (0, 1): -8}
    result = solve(problem, limits=Limits(seconds=5, workers=1))
    assert (result.objective, result.status) == (-8, "optimal")
    assert check(problem, result).violations == ()
