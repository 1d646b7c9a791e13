"""The bound of a later tier, the levels before it being rows like any other."""

import numpy as np
import pytest

from planner.optimiser import Limits, Problem
from planner.optimiser.certificate.check import verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.model.problem import HARD
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.lagrangian import Lagrangian, Level
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import Sweeper
from planner.optimiser.relaxation.volume import volume
from tests.planner.optimiser.intakes import intake
from tests.planner.optimiser.tiny import best_tiers, random_problem


def of_tier(problem, tier, levels):
    """Return the model of a tier and its Lagrangian."""
    model = flatten(problem.replace(option_value=problem.value(tier)))
    held = [Level(problem.value(i), level) for i, level in enumerate(levels)]
    sweep = Sweeper(model, 1)
    return model, Lagrangian(model, sweep, held)


def verified(problem, model, price, tier, levels):
    resource, supply = model.spread_prices(price[: len(model.rows)])
    weights = -price[len(model.rows) :]
    prices = Prices(price=resource, supply_price=supply, tier_price=weights)
    return verified_bound(problem, prices, tier=tier, levels=levels)


@pytest.mark.parametrize("seed", range(40))
def test_any_prices_and_weights_prove_what_the_check_says(seed):
    """Soft prices belong to the first tier, so their ranges move with its weight."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, tiers=3)
    best = best_tiers(problem)
    if best is None or problem.resource_opens.any():
        return
    for tier in range(problem.num_tiers):
        model, dual = of_tier(problem, tier, best[:tier])
        price = dual.clip(rng.normal(0, 3, len(dual.scale)))
        bound, _ = dual(price)
        proved = verified(problem, model, price, tier, best[:tier])
        assert best[tier] - 1e-6 <= proved <= bound + 1e-6 * (1 + abs(bound))


@pytest.mark.parametrize("seed", range(20))
def test_the_slack_is_a_subgradient(seed):
    """The bound is convex in the prices: nowhere is it below its tangent."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, tiers=2)
    if problem.resource_opens.any():
        return
    _, dual = of_tier(problem, 1, [3])
    start = dual.clip(rng.normal(0, 3, len(dual.scale)))
    bound, slack = dual(start)
    for _ in range(10):
        other = start + rng.normal(0, 1, len(start))
        other[len(dual.rows) :] = start[len(dual.rows) :]
        other = dual.clip(other)
        assert dual(other)[0] >= bound + slack @ (other - start) - 1e-6


def test_the_level_of_the_first_tier_tightens_the_second():
    """Ten more for everybody who is nearer home: few plans are as full and as near."""
    problem = intake(people=80, slots=6, seed=4, budget=0.4)
    rng = np.random.default_rng(1)
    tiers = np.stack([problem.value(), rng.integers(0, 900, problem.num_options)], 1)
    problem = problem.replace(option_value=tiers)
    found = []
    first = flatten(problem.replace(option_value=problem.value(0)))
    with Sweeper(first, 1) as sweep:
        watch = Watch(Limits(seconds=60))
        best = volume(Lagrangian(first, sweep), watch, sweeps=800, seconds=60).bound
    for level in (0, int(0.98 * best)):
        model, dual = of_tier(problem, 1, [level])
        watch = Watch(Limits(seconds=60))
        descent = volume(dual, watch, sweeps=800, seconds=60)
        proved = verified(problem, model, descent.price, 1, [level])
        assert proved == pytest.approx(descent.bound, rel=1e-6)
        found.append(proved)
    assert found[1] < 0.97 * found[0]


def test_who_has_several_best_options_takes_them_in_equal_parts():
    """Nothing is one of them for whoever may go without."""
    problem = Problem(
        agent_must=[True, False, False],
        option_agent=[0, 0, 0, 1, 1, 2],
        option_value=[5, 5, 3, 0, 0, 7],
        use_ptr=range(7),
        use_resource=[0, 1, 0, 0, 1, 1],
        use_amount=[2, 2, 2, 3, 3, 4],
        resource_upper=[9, 9],
        resource_lower=[0, 0],
        resource_only_if_used=[False, False],
        resource_shortfall_price=[HARD, HARD],
        resource_excess_price=[HARD, HARD],
        supply_upper=(),
        supply_ptr=[0, 0, 0],
        supply_index=(),
    )
    model = flatten(problem)
    with Sweeper(model, 1) as sweep:
        total, use, share = sweep.shared(np.zeros(2), model.priced, 0.0)
    assert total == 5 + 0 + 7
    np.testing.assert_allclose(share, [1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1])
    np.testing.assert_allclose(use, [1 + 1, 1 + 1 + 4])
