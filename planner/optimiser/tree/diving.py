"""Diving: a whole plan from a solution that is split, decision by decision.

From a node's solution one decision after the other is rounded and the linear program is
solved again, until it is whole, infeasible, or no better than the plan that is known
(fractional diving; Achterberg 2007, section 9.2). Which cohorts run is decided first,
the nearest to whole first; then a quarter at a time of the people who are split, those
with the largest part of an option first.

Arrays: x float64[options].
"""

from typing import Any

import numpy as np

from planner.optimiser.certificate.node import Bounds, Question
from planner.optimiser.certificate.proof_tree import answer
from planner.optimiser.model.problem import IntArray
from planner.optimiser.tree.branching import HALF
from planner.optimiser.tree.lp import Relaxation, Solution

DEPTH = 40
"""Programs that are solved for one plan."""

Answers = list[tuple[list[Any], bool]]

PART = 4
"""One in so many of those who are split is decided at a time."""


def dive(
    question: Question,
    relaxation: Relaxation,
    bounds: Bounds,
    solution: Solution,
    least: int,
) -> IntArray | None:
    """Return a choice, int64[agents], from a node's solution; None where it ends
    below `least` or without a plan."""
    decided: Answers = []
    before = bounds
    for _ in range(DEPTH):
        if solution.bound is None or solution.bound < least:
            if not decided:
                return None
            # The one that was least sure is answered the other way, once.
            asked, yes = decided[-1]
            decided, bounds = [], answer(question, before, asked, yes=not yes)
        else:
            decided, before = _decided(question, solution), bounds
            if not decided:
                return relaxation.chosen(solution.x[relaxation.option])
            for asked, yes in decided:
                bounds = answer(question, bounds, asked, yes=yes)
        relaxation.move(bounds)
        solution = relaxation.solve()
    return None


def _decided(question: Question, solution: Solution) -> Answers:
    """Return questions with the answers that a solution is nearest to."""
    split = [(abs(y - round(y)), r) for r, y in solution.y.items()]
    split = [each for each in split if each[0] > HALF]
    if split:
        _, r = min(split)
        return [(["use", r, 0], solution.y[r] > 0.5)]
    x, agents = solution.x, dict[int, int]()
    options = np.flatnonzero((x > HALF) & (x < 1 - HALF))
    for option in options[np.argsort(-x[options], kind="stable")].tolist():
        agents.setdefault(int(question.problem.option_agent[option]), option)
    first = list(agents.items())[: -(-len(agents) // PART)]
    return [(["agent", agent, [option]], True) for agent, option in first]
