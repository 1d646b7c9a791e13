"""A dive ends in a plan that is as good as it has to be, or in none."""

import numpy as np

from planner.optimiser import Plan
from planner.optimiser.certificate.check import feasible
from planner.optimiser.certificate.node import Bounds, Question
from planner.optimiser.tree.diving import dive
from planner.optimiser.tree.glop import Glop
from planner.optimiser.tree.lp import Relaxation
from planner.optimiser.tree.search import NOTHING
from tests.planner.optimiser import brute, tiny


def dived(problem, least):
    """Return what a dive from the root comes to."""
    question = Question(problem, 0, ())
    relaxation = Relaxation(question, Glop())
    bounds = Bounds.of(problem)
    relaxation.move(bounds)
    return dive(question, relaxation, bounds, relaxation.solve(), least)


def test_dives_find_plans_and_often_the_best():
    """With cohorts, lines, floors and openings; never a plan that is none, and never
    one below what was asked for."""
    found = best = 0
    for seed in range(60):
        problem = tiny.random_problem(np.random.default_rng(seed), agents=6, opens=True)
        truth = brute.optimum(problem)
        choice = dived(problem, NOTHING)
        if choice is None:
            continue
        assert feasible(problem, choice)
        value = Plan.of(problem, choice).objective
        found += 1
        best += value == truth[0][0]
        assert dived(problem, truth[0][0] + 1) is None or value == truth[0][0]
    assert found > 30
    assert best > found / 2


def test_a_dive_that_cannot_reach_what_is_asked_for_ends_without_a_plan(knapsack):
    """Two of three fit, worth 20; the program of the root says 25."""
    choice = dived(knapsack, 20)
    assert Plan.of(knapsack, choice).objective == 20
    assert dived(knapsack, 21) is None
