"""A choice forced or forbidden, against every plan tried out."""

import numpy as np
import pytest

from planner.optimiser.counterfactual.forced import forbidden, forced, with_more
from tests.planner.optimiser import brute
from tests.planner.optimiser.tiny import random_problem


@pytest.mark.parametrize("seed", range(40))
def test_plans_are_those_with_or_without_the_option(seed):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, agents=3, tiers=2, opens=seed % 2 == 0)
    every = dict(map(reversed, brute.plans(problem)))
    for option in range(problem.num_options):
        with_it = {c: v for c, v in every.items() if option in c}
        without = {c: v for c, v in every.items() if option not in c}
        assert dict(map(reversed, brute.plans(forced(problem, option)))) == with_it
        assert dict(map(reversed, brute.plans(forbidden(problem, option)))) == without


@pytest.mark.parametrize("tiers", [1, 2])
def test_an_option_is_worth_more_in_one_tier(tiers):
    problem = random_problem(np.random.default_rng(3), tiers=tiers)
    more = with_more(problem, 1, tiers - 1, 7)
    gained = more.value(tiers - 1) - problem.value(tiers - 1)
    assert gained.tolist() == [7 * (o == 1) for o in range(problem.num_options)]
    assert (more.value(0) == problem.value(0)).all() or tiers == 1
