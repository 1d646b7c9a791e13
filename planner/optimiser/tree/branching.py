"""Branching candidates: the questions worth a try at a node.

A question is `["use", r, k]`, whether at most k of resource r is used (with k = 0: not
at all), or `["agent", a, options]`, whether agent a gets one of these options. How much
of a resource is used comes before who: one answer moves many people.

Arrays: x float64[options], as a relaxation's solution has it.
"""

import math
from typing import Any

import numpy as np

from planner.optimiser.certificate.node import Bounds, Question
from planner.optimiser.model.problem import FloatArray
from planner.optimiser.tree.lp import Solution

CANDIDATES = 20
"""Questions of each kind that are tried."""

HALF = 1e-6
"""What a number may be from a whole one."""


def candidates(
    question: Question, bounds: Bounds, solution: Solution
) -> list[list[Any]]:
    """Return the questions worth a try: of use, of opening, and of single people."""
    problem = question.problem
    use, high = solution.use, bounds.high
    part = np.abs(use - np.rint(use))
    asked: list[list[Any]] = []
    lower, _ = question.hard()
    order = np.argsort(-part, kind="stable")
    for r in order[part[order] > HALF][:CANDIDATES].tolist():
        k = int(np.floor(use[r]))
        if problem.resource_only_if_used[r] and k < lower[r]:
            k = 0
        asked.append(["use", r, k])
    asked += _steps(question, solution)
    split = sorted(
        (abs(y - 0.5), r) for r, y in solution.y.items() if 1e-6 < y < 1 - 1e-6
    )
    for _, r in split[:CANDIDATES]:
        if bounds.low[r] == 0:
            asked.append(["use", r, 0])
    # An answer that the node knows already would leave it as it is.
    asked = [each for each in asked if bounds.low[each[1]] <= each[2] < high[each[1]]]
    asked += _counts(question, solution.x)
    asked += _people(question, solution.x)
    return list({str(each): each for each in asked}.values())


def _steps(question: Question, solution: Solution) -> list[list[Any]]:
    """Return questions about soft limits that are missed by a part of a step: the
    program pays for the part, a plan for the whole."""
    problem, found = question.problem, []
    for r in np.flatnonzero((problem.resource_step > 1) & problem.resource_soft):
        step, use = int(problem.resource_step[r]), float(solution.use[r])
        lower, upper = int(problem.resource_lower[r]), int(problem.resource_upper[r])
        short, over = (lower - use) / step, (use - upper) / step
        if short > HALF and problem.resource_shortfall_price[r] > 0:
            asked = lower - step * math.floor(short) - 1
        elif over > HALF and problem.resource_excess_price[r] > 0:
            asked = upper + step * math.floor(over)
        else:
            continue
        part = max(short, over) % 1
        if HALF < part < 1 - HALF and asked >= 0:
            found.append((abs(part - 0.5), int(r), asked))
    return [["use", r, k] for _, r, k in sorted(found)[:CANDIDATES]]


def _counts(question: Question, x: FloatArray) -> list[list[Any]]:
    """Return questions about how many options are chosen that use much of what has a
    soft limit.

    A share that is asked for in amounts of several sizes can be met by parts of people
    where no whole number of each size meets it.
    """
    problem, found = question.problem, []
    for r in np.flatnonzero(problem.resource_soft).tolist():
        uses = np.flatnonzero((problem.use_resource == r) & (problem.use_amount > 0))
        amounts = problem.use_amount[uses]
        if len(np.unique(amounts)) < 2:
            continue
        parts = x[np.searchsorted(problem.use_ptr, uses, side="right") - 1]
        for amount in np.unique(amounts[(parts > HALF) & (parts < 1 - HALF)]).tolist():
            number = float(parts[amounts >= amount].sum())
            if abs(number - round(number)) > HALF:
                k = math.floor(number)
                found.append((abs(number - k - 0.5), r, amount, k))
    return [["count", [r, amount], k] for _, r, amount, k in sorted(found)[:CANDIDATES]]


def _people(question: Question, x: FloatArray) -> list[list[Any]]:
    """Return questions about the agents that are split most."""
    split = np.flatnonzero((x > HALF) & (x < 1 - HALF))
    order = split[np.argsort(np.abs(x[split] - 0.5), kind="stable")]
    agents: dict[int, int] = {}
    for option in order.tolist():
        agents.setdefault(int(question.problem.option_agent[option]), option)
    return [["agent", a, [o]] for a, o in list(agents.items())[:CANDIDATES]]


def about(question: list[Any]) -> tuple[str, str, bool]:
    """Return what a question has in common with others of the same kind."""
    kind, index, what = question
    return kind, str(index), what == 0


def product(gains: list[float]) -> float:
    """Return how good it is that two sides lose so much."""
    return max(gains[0], 1e-6) * max(gains[1], 1e-6)
