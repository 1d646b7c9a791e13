"""The volume method finds prices where values tie; plans are priced without ties."""

import numpy as np
import pytest

from planner.optimiser import Limits, solve
from planner.optimiser.model.parameters import SearchParameters
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.lagrangian import Lagrangian
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import Sweeper
from planner.optimiser.relaxation.ties import tie_weight, untied
from planner.optimiser.relaxation.volume import volume
from tests.planner.optimiser.intakes import intake


def linear(problem):
    """Return the value of the linear program, by HiGHS."""
    from scipy import optimize

    from tests.benchmarks.program import program

    model = program(problem)
    found = optimize.linprog(
        -model.worth,
        A_ub=np.vstack([model.matrix.toarray(), -model.matrix.toarray()]),
        b_ub=np.concatenate([model.upper, -model.lower]).clip(-1e12, 1e12),
        bounds=np.stack([np.zeros(len(model.most)), model.most], axis=1),
    )
    return -found.fun


@pytest.mark.parametrize("pools", [False, True])
@pytest.mark.parametrize("tied", [False, True])
def test_prices_come_near_the_linear_program(pools, tied):
    """Within a thousandth, whether values tie or not, and never below it."""
    problem = intake(people=80, slots=6, seed=4, budget=0.4, pools=pools)
    if tied:
        problem = problem.replace(option_value=1000 + 50 * (problem.value() % 3))
    model, watch = flatten(problem), Watch(Limits(seconds=60))
    with Sweeper(model, 1) as sweep:
        found = volume(Lagrangian(model, sweep), watch, sweeps=1_500, seconds=60)
        assert found.bound == sweep(found.price)[0]
    best = linear(problem)
    assert best - 1e-6 * abs(best) <= found.bound <= best * 1.001


def test_prices_of_values_that_hardly_differ_are_a_start():
    """As few sweeps from there prove more than from zero."""
    problem = intake(people=80, slots=6, seed=4, budget=0.4)
    problem = problem.replace(option_value=1000 + 50 * (problem.value() % 3))
    model = flatten(problem)
    changed = untied(model, problem.value() % 7, 20)

    def priced(model, sweeps, start=None):
        with Sweeper(model, 1) as sweep:
            watch, dual = Watch(Limits()), Lagrangian(model, sweep)
            return volume(dual, watch, sweeps=sweeps, seconds=60, start=start)

    start = priced(changed, 600).price / 20
    assert priced(model, 60, start).bound < priced(model, 60).bound
    assert priced(model, 600, start).bound <= linear(problem) * 1.001


def test_threads_change_no_price():
    """Parts of options and sums over pools are added up in a fixed order."""
    model = flatten(intake(people=3000, slots=60, pools=True))
    prices = []
    for workers in (1, 2):
        with Sweeper(model, workers) as sweep:
            found = volume(
                Lagrangian(model, sweep), Watch(Limits()), sweeps=100, seconds=60
            )
            prices.append(found.price)
    np.testing.assert_array_equal(*prices)


def test_a_tie_is_broken_by_the_next_tier():
    """Whoever comes is worth the same; the second tier says who is better."""
    problem = intake(people=60, slots=6, seed=3, budget=0.5)
    merit = problem.value()
    placed = np.full(problem.num_options, 1000)
    model = flatten(problem.replace(option_value=placed))
    weight = tie_weight(placed, merit, 0.005)
    changed = untied(model, merit, weight)
    np.testing.assert_array_equal(changed.value, weight * 1000 + merit)
    assert weight * 1000 * 0.01 > merit.mean()


def test_plans_of_two_tiers_gain_by_it():
    """Stopped after the first tier, the second is nearly as good as it can be."""
    problem = intake(people=60, slots=6, seed=3, budget=0.5)
    both = np.stack([np.full(problem.num_options, 1000), problem.value()], axis=1)
    problem = problem.replace(option_value=both)
    best = solve(problem, limits=Limits(seconds=30, workers=1)).plan.tiers
    seen = []
    parameters = SearchParameters.of({"lexicographic": {"branchable": 50_000}})
    solve(
        problem,
        limits=Limits(seconds=30, workers=1),
        on_plan=seen.append,
        parameters=parameters,
    )
    values = [int(problem.value(1)[c[c >= 0]].sum()) for c in seen]
    assert max(values[:3]) > 0.95 * best[1]
