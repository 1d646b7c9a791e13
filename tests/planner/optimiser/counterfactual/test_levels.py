"""Two problems compared at their best: said only where it is so."""

import itertools

import numpy as np
import pytest

from planner.optimiser import Limits, solve
from planner.optimiser.counterfactual.forced import forbidden, forced, with_more
from planner.optimiser.counterfactual.levels import Level
from tests.planner.optimiser import brute
from tests.planner.optimiser.tiny import random_problem


def test_the_first_tier_that_is_proven_to_be_less_is_told():
    plan = Level((10, 50), (10, 50))
    assert Level((9, 80), (9, 80)).below(plan) == 0
    assert Level((10, 40), (10, 49)).below(plan) == 1
    assert Level((10, 50), (10, 50)).below(plan) == 2
    assert Level(impossible=True).below(plan) == 0


def test_nothing_is_told_that_a_better_plan_could_change():
    plan = Level((10, 50), (10, 50))
    assert Level((9, 80), (10, 80)).below(plan) is None
    assert Level((10, 40), (10, 50)).below(plan) is None
    assert Level((10, 40), (None, 50)).below(plan) is None
    assert Level((10, 50), (10, 50)).below(Level((10, 50), (11, 50))) is None
    assert Level().below(plan) is None
    assert Level(impossible=True).below(Level(impossible=True)) is None


def test_less_than_a_plan_at_hand_is_less_than_the_best():
    assert Level((9, 80), (9, 80)).below(Level((10, 50), (99, 99))) == 0


def test_how_much_is_short_is_exact_or_between_or_unknown():
    plan = Level((10, 50), (10, 50))
    assert Level((10, 40), (10, 40)).short(plan, 1) == (10, 10)
    assert Level((10, 40), (10, 44)).short(plan, 1) == (6, 10)
    assert Level((10, 40), (10, None)).short(plan, 1) == (0, 10)
    assert Level((10, 40), (10, 44)).short(Level((10, 50), (10, None)), 1) == (6, None)
    assert Level((9, 40), (9, 40)).short(plan, 1) is None
    assert Level((10, 40), (11, 40)).short(plan, 1) is None


def best(problem):
    """Return what is known of a problem, solved; checked against brute force."""
    level = Level.of(solve(problem, limits=Limits(seconds=5)))
    optimum = brute.optimum(problem)
    assert level.impossible == (optimum is None)
    if optimum is not None:
        assert level.reached == optimum[0]
    return level


@pytest.mark.parametrize("seed", range(25))
def test_points_short_are_confirmed_with_one_more_and_one_less(seed):
    """With more than d points more every best plan has the option, with less none."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, agents=3, options=2, tiers=2)
    free = best(problem)
    for option in itertools.islice(range(problem.num_options), 3):
        mine = best(forced(problem, option))
        told = mine.reached and mine.short(free, 1)
        if not told:
            continue
        least, most = told
        assert least == most
        more = with_more(problem, option, 1, most + 1)
        assert best(forbidden(more, option)).below(best(more)) is not None
        assert best(forbidden(more, option)).below(best(more)) < 2
        if least:
            fewer = with_more(problem, option, 1, least - 1)
            assert best(forced(fewer, option)).below(best(fewer)) == 1
