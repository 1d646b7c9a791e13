"""The door: every feature, truthful statuses, never worse than what is known."""

import numpy as np
import pytest

from planner.optimiser import Limits, Plan, Status, Termination, check, solve
from tests.planner.optimiser.tiny import best_tiers, random_problem

QUICK = Limits(seconds=20, workers=1)


@pytest.mark.parametrize("seed", range(40))
def test_solve_finds_the_optimum_of_small_problems(seed):
    """Every feature in combination: the same as trying every plan."""
    problem = random_problem(np.random.default_rng(seed), opens=True)
    known = best_tiers(problem)

    result = solve(problem, limits=QUICK)

    assert check(problem, result).holds
    assert result.termination == Termination.PROVED
    if known is None:
        assert result.status == Status.INFEASIBLE
    else:
        assert result.status == Status.OPTIMAL
        assert result.plan.tiers == known


@pytest.mark.parametrize("seed", range(40))
def test_solve_finds_the_lexicographic_optimum(seed):
    problem = random_problem(np.random.default_rng(1000 + seed), tiers=3, opens=True)
    known = best_tiers(problem)

    result = solve(problem, limits=QUICK)

    assert check(problem, result).holds
    assert (result.plan.tiers if result.plan else None) == known


@pytest.mark.parametrize("start", [[0, 1], [7, -1], [-5, -1], [1, 0], [0], [0, 1, 1]])
@pytest.mark.parametrize("tiers", [1, 2])
def test_a_warm_start_that_is_no_plan_is_set_aside(problem, start, tiers):
    """Both in one seat, options of nobody and of others, too few and too many."""
    value = np.stack([problem.value()] * tiers, axis=1)
    problem = problem.replace(option_value=value)
    result = solve(problem, limits=Limits(seconds=20), warm_start=np.array(start))
    assert result.status is Status.OPTIMAL
    assert result.plan.choice.tolist() == [0, -1]


def test_solve_is_never_worse_than_the_warm_start():
    problem = random_problem(np.random.default_rng(3), agents=8)
    first = solve(problem, limits=QUICK)

    again = solve(problem, limits=Limits(seconds=1e-6), warm_start=first.plan)

    assert isinstance(first.plan, Plan)
    assert again.plan is not None
    assert again.plan.objective == first.plan.objective


def test_solve_stops_when_asked():
    problem = random_problem(np.random.default_rng(3), agents=8)

    result = solve(problem, limits=QUICK, on_progress=lambda *_: True)

    assert result.termination in (Termination.STOPPED, Termination.PROVED)
