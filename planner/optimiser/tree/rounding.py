"""Derived rows: a budget divided, lifted by agents' rows, and rounded down.

A row `sum of amount x <= upper` divided by one of its amounts d, every number rounded
down, cuts off points of the linear program (Chvatal-Gomory). An agent takes at most one
option, so that its row, with a weight w, may lift the options whose remainder is at
least 1 - w: of a knapsack that is the lifted cover as one rounding.
"""

from dataclasses import dataclass

import numpy as np

from planner.optimiser.certificate.node import NodePrices, Question
from planner.optimiser.model.problem import FloatArray, IntArray
from planner.optimiser.model.validate import UNLIMITED

BITS = 24
"""Weights are whole over 2**BITS."""

DIVISORS = 24
"""Amounts of a resource that are tried, those used most first."""

LEAST = 0.02
"""What a row has to be broken by to be worth it."""

Users = list[tuple[IntArray, IntArray]]


@dataclass(frozen=True)
class _BrokenRow:
    broken: float
    weights: NodePrices


def broken_rows(question: Question, users: Users, x: FloatArray) -> list[NodePrices]:
    """Return the weights of rows that a solution breaks, one a resource at most."""
    problem, (_, upper) = question.problem, question.hard()
    rows = []
    for r, (options, amounts) in enumerate(users):
        limit = int(upper[r])
        supplied = problem.resource_supplied[r]
        if supplied or limit >= UNLIMITED or not len(options) or amounts.max() <= 1:
            continue
        if options[-1] >= len(x):
            continue  # a cohort uses it by opening, which no agent's row can lift
        if float(amounts @ x[options]) < limit - 0.5:
            continue
        best = _best(question, r, limit, options, amounts, x[options])
        if best is not None:
            rows.append(best)
    rows.sort(key=lambda each: -each.broken)
    return [each.weights for each in rows]


def _best(
    question: Question,
    r: int,
    limit: int,
    options: IntArray,
    amounts: IntArray,
    x: FloatArray,
) -> _BrokenRow | None:
    """Return the divisor whose row a solution breaks most."""
    split = (x > 1e-6) & (x < 1 - 1e-6)
    use = {int(d): float(x[amounts == d].sum()) for d in np.unique(amounts[split])}
    divisors = sorted((d for d in use if d > 1), key=lambda d: -use[d])[:DIVISORS]
    agents = question.problem.option_agent[options].astype(np.int64)
    best: _BrokenRow | None = None
    for d in divisors:
        tried = _divided(r, limit, agents, amounts, x, d)
        if tried.broken > LEAST and (best is None or tried.broken > best.broken):
            best = tried
    return best


def _divided(
    r: int, limit: int, agents: IntArray, amounts: IntArray, x: FloatArray, d: int
) -> _BrokenRow:
    """Return the row divided by d, with the agents' weights that break it most."""
    unit = 1 << BITS
    p = unit // d + 1
    scaled = amounts * p
    rest = scaled % unit
    weights: dict[int, int] = {}
    for agent in np.unique(agents[x > 1e-6]).tolist():
        own = np.flatnonzero((agents == agent) & (x > 1e-6))
        gain, weight = 0.0, 0
        for need in sorted({unit - int(rest[at]) for at in own if rest[at]}):
            lifted = float(x[own][rest[own] + need >= unit].sum()) - need / unit
            if lifted > gain:
                gain, weight = lifted, need
        if weight:
            weights[agent] = weight
    lift = np.array([weights.get(agent, 0) for agent in agents.tolist()])
    left = float(((scaled + lift) // unit) @ x)
    right = (limit * p + sum(weights.values())) // unit
    return _BrokenRow(left - right, NodePrices(BITS, price={r: p}, agent=weights))
