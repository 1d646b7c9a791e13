"""Prices: what they prove is what the check says, however the sweeps are cut."""

import numpy as np
import pytest

from planner.optimiser import Limits
from planner.optimiser.certificate.check import verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import Sweeper, find_prices
from tests.planner.optimiser.intakes import intake, priced


@pytest.mark.parametrize("pools", [False, True])
def test_the_bound_is_what_the_check_proves(pools):
    problem = intake(pools=pools)

    model, descent, _ = priced(problem)

    price, supply = model.prices(descent.price)
    prices = Prices(price=price, supply_price=supply, tier_price=np.zeros(0))
    assert verified_bound(problem, prices) == pytest.approx(descent.bound, abs=1e-6)


def test_prices_come_close_to_the_linear_program():
    """Forty sweeps are within two percent of three hundred."""
    problem = intake(people=200, slots=10)
    _, few, _ = priced(problem, sweeps=40)

    _, more, _ = priced(problem, sweeps=300)

    assert more.bound <= few.bound
    assert few.bound <= 1.02 * more.bound


def test_threads_change_nothing():
    """A model large enough to be cut into chunks, swept by one and by two threads."""
    model = flatten(intake(people=3000, slots=60))
    found = []
    for threads in (1, 2):
        with Sweeper(model, threads) as sweep:
            found.append(
                find_prices(model, sweep, Watch(Limits()), sweeps=30, start=None)
            )

    assert found[0].bound == found[1].bound
    assert (found[0].price == found[1].price).all()


def test_a_stopped_descent_still_has_prices_that_prove_something():
    model = flatten(intake())
    watch = Watch(Limits(seconds=1e-9))

    with Sweeper(model, 1) as sweep:
        descent = find_prices(model, sweep, watch, sweeps=100, start=None)

    assert descent.sweeps == 0
    assert (descent.price == 0).all()
