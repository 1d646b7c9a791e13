"""Reduced costs: the best of each agent, and what they rule out, by brute force."""

import numpy as np
import pytest

from planner.optimiser.relaxation.reduced_cost import (
    best_two,
    fixed_by_reduced_cost,
    losses,
    width_for,
)
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import DualSolution, Sweeper
from tests.planner.optimiser import brute
from tests.planner.optimiser.intakes import intake, priced
from tests.planner.optimiser.tiny import random_problem


def test_best_two_are_the_largest_of_each_agent():
    model, _, reduced = priced(intake())

    best, second = best_two(model, reduced)

    for agent in range(model.num_agents):
        own = np.sort(reduced[model.agent_ptr[agent] : model.agent_ptr[agent + 1]])
        assert (best[agent], second[agent]) == (own[-1], own[-2])


def test_a_loss_is_what_is_missing_to_the_best():
    model, _, reduced = priced(intake())
    loss, best = losses(model, reduced)
    assert np.allclose(loss + reduced, np.maximum(best, 0)[model.option_agent])
    width = width_for(loss, 10)
    assert ((loss > 1e-4) & (loss < width)).sum() <= 10
    assert width_for(loss, len(loss)) == np.inf


@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_a_good_enough_plan_has_is_left_out(seed):
    """Against every plan, at random prices with the bound that they prove."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng)
    model = flatten(problem)
    price = model.rows.clip(rng.integers(-2, 9, len(model.rows)).astype(float))
    with Sweeper(model, 1) as sweep:
        bound, _ = sweep(price)
    dual = DualSolution(*model.prices(price), bound)
    ranked = sorted(brute.plans(problem), key=lambda plan: plan[0])
    wanted = ranked[len(ranked) // 2][0][0] if ranked else 0

    keep, settled = fixed_by_reduced_cost(problem, dual, wanted)

    for (value, *_), choice in ranked:
        if value < wanted:
            continue
        assert keep is not None
        chosen = np.array(choice)
        assert keep[chosen[chosen >= 0]].all()
        assert (chosen[settled] >= 0).all()


def test_prices_alone_show_that_nothing_is_that_good():
    problem = intake()
    nothing = np.zeros(problem.num_resources), np.zeros(problem.num_supplies)
    keep, settled = fixed_by_reduced_cost(problem, DualSolution(*nothing, 100.0), 200)
    assert (keep, settled) == (None, None)
    keep, settled = fixed_by_reduced_cost(problem, None, 200)
    assert keep.all()
    assert settled is None
