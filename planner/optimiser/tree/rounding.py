"""Derived rows: budgets divided and rounded down, and pairs grown to cliques.

A row `sum of amount x <= upper` divided by one of its amounts d, every number rounded
down, cuts off points of the linear program (Chvatal-Gomory). An agent takes at most one
option, so that its row, with a weight w, may lift the options whose remainder is at
least 1 - w: of a knapsack that is the lifted cover as one rounding.

Where options exclude each other pair by pair, at most one of all of them is chosen, as
if one row said so (Padberg 1973). A clique C with a row grows by an option v: if m rows
of upper 1 together pair v with every member of C, then (1 - 1/m) times the row of C
and 1/m times each of theirs has at least 1 at all of C and v, and is at most 2 - 1/m,
which is 1 rounded down.
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

SPLIT = 1e-6
"""What an option has to be chosen by, and not to be chosen by, to be split."""

MOST_BUDGETS, MOST_CLIQUES = 20, 100
"""Rows of budgets, and cliques, that are derived at a time."""


@dataclass(frozen=True)
class _BrokenRow:
    broken: float
    weights: NodePrices


def broken_rows(question: Question, x: FloatArray, least: float) -> list[NodePrices]:
    """Return the weights of rows that a solution breaks by more than `least`: of the
    budget of a resource one at most, of cliques so many as they take to derive."""
    problem, (_, upper) = question.problem, question.hard()
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    inside = np.flatnonzero((problem.use_amount > 0) & (x[owner] > SPLIT))
    tight = (upper < UNLIMITED) & ~problem.resource_supplied
    # What a cohort uses by opening no agent's row can lift.
    tight[problem.opening_resource] = False
    inside = inside[tight[problem.use_resource[inside]]]
    return [
        *_budgets(question, upper, owner, inside, x, least),
        *_cliques(question, upper, owner, inside, x, least),
    ]


def _budgets(
    question: Question,
    upper: IntArray,
    owner: IntArray,
    inside: IntArray,
    x: FloatArray,
    least: float,
) -> list[NodePrices]:
    """Return rows of budgets; `inside` are the uses by what is chosen at all."""
    problem, rows = question.problem, []
    use = np.bincount(
        problem.use_resource[inside],
        weights=problem.use_amount[inside] * x[owner[inside]],
        minlength=problem.num_resources,
    )
    many = np.zeros(problem.num_resources, dtype=bool)
    many[problem.use_resource[inside[problem.use_amount[inside] > 1]]] = True
    for r in np.flatnonzero(many & (use >= upper - 0.5)).tolist():
        limit = int(upper[r])
        own = np.flatnonzero((problem.use_resource == r) & (problem.use_amount > 0))
        options, amounts = owner[own], problem.use_amount[own]
        best = _best(question, r, limit, options, amounts, x[options])
        if best is not None and best.broken > least:
            rows.append(best)
    rows.sort(key=lambda each: -each.broken)
    return [each.weights for each in rows[:MOST_BUDGETS]]


Known = tuple[str, int]
"""A row of upper 1 whose options all count 1: of a resource, an agent, or derived."""


def _cliques(
    question: Question,
    upper: IntArray,
    owner: IntArray,
    inside: IntArray,
    x: FloatArray,
    least: float,
) -> list[NodePrices]:
    """Return the rows of cliques that a solution breaks, step by step."""
    problem = question.problem
    single = (upper[problem.use_resource[inside]] == 1) & (
        problem.use_amount[inside] == 1
    )
    inside = inside[single & (x[owner[inside]] < 1 - SPLIT)]
    members: dict[Known, list[int]] = {}
    for at in inside.tolist():
        known = "price", int(problem.use_resource[at])
        members.setdefault(known, []).append(int(owner[at]))
    for option in np.flatnonzero((x > SPLIT) & (x < 1 - SPLIT)).tolist():
        agent = int(problem.option_agent[option])
        members.setdefault(("agent", agent), []).append(option)
    rows_of: dict[int, set[Known]] = {}
    for known, options in members.items():
        for option in options:
            rows_of.setdefault(option, set()).add(known)
    found: dict[frozenset[int], None] = {}
    for seed in sorted(rows_of, key=lambda o: -x[o]):
        clique = _clique(seed, rows_of, members, x)
        if sum(x[o] for o in clique) > 1 + least:
            found.setdefault(frozenset(clique))
    steps: list[NodePrices] = []
    for each in list(found)[:MOST_CLIQUES]:
        steps += _grown(sorted(each), rows_of, len(question.rows) + len(steps))
    return steps


def _clique(
    seed: int,
    rows_of: dict[int, set[Known]],
    members: dict[Known, list[int]],
    x: FloatArray,
) -> list[int]:
    """Return options that exclude each other pair by pair, the largest parts first."""
    clique = [seed]
    near = {o for known in rows_of[seed] for o in members[known]} - {seed}
    for option in sorted(near, key=lambda o: (-x[o], o)):
        if all(rows_of[option] & rows_of[other] for other in clique):
            clique.append(option)
    return clique


def _grown(
    clique: list[int], rows_of: dict[int, set[Known]], number: int
) -> list[NodePrices]:
    """Return the steps that derive the row of a clique, the first as row `number`."""
    steps: list[NodePrices] = []
    covered = {clique[0]}
    row: Known | None = None
    unit = 1 << BITS
    for option in clique[1:]:
        if row is not None and row in rows_of[option]:
            covered.add(option)
            continue
        links: list[Known] = []
        left = set(covered)
        while left:
            each = max(
                sorted(rows_of[option]),
                key=lambda known: sum(known in rows_of[o] for o in left),
            )
            links.append(each)
            left -= {o for o in left if each in rows_of[o]}
        covered.add(option)
        if len(links) == 1:
            row = links[0]
            continue
        assert row is not None
        part = -(-unit // len(links))
        weights = dict.fromkeys(links, part) | {row: unit - part}
        kinds = ("price", "agent", "row")
        price, agent, before = (
            {at: weight for (kind, at), weight in weights.items() if kind == name}
            for name in kinds
        )
        steps.append(NodePrices(BITS, price=price, agent=agent, row=before))
        row = ("row", number + len(steps) - 1)
    return steps


def _best(
    question: Question,
    r: int,
    limit: int,
    options: IntArray,
    amounts: IntArray,
    x: FloatArray,
) -> _BrokenRow | None:
    """Return the divisor whose row a solution breaks most."""
    split = (x > SPLIT) & (x < 1 - SPLIT)
    use = {int(d): float(x[amounts == d].sum()) for d in np.unique(amounts[split])}
    divisors = sorted((d for d in use if d > 1), key=lambda d: -use[d])[:DIVISORS]
    agents = question.problem.option_agent[options].astype(np.int64)
    best: _BrokenRow | None = None
    for d in divisors:
        tried = _divided(r, limit, agents, amounts, x, d)
        if best is None or tried.broken > best.broken:
            best = tried
    return best


def _divided(
    r: int, limit: int, agents: IntArray, amounts: IntArray, x: FloatArray, d: int
) -> _BrokenRow:
    """Return the row divided by d, with the agents' weights that break it most.

    A weight lifts the options of an agent that need no more of it to the next whole
    number: it gains what is chosen of them, and costs its part of the right side.
    """
    unit = 1 << BITS
    p = unit // d + 1
    scaled = amounts * p
    lifted = np.flatnonzero((x > SPLIT) & (scaled % unit > 0))
    need = unit - scaled[lifted] % unit
    order = np.lexsort((need, agents[lifted]))
    owner, need, part = agents[lifted][order], need[order], x[lifted][order]
    first = np.searchsorted(owner, owner)
    total = np.cumsum(part)
    gain = total - (total - part)[first] - need / unit
    best = np.lexsort((-need, gain, owner))[np.diff(owner, append=-1) != 0]
    best = best[gain[best] > 0]
    lift = np.zeros(int(agents.max(initial=0)) + 1, dtype=np.int64)
    lift[owner[best]] = need[best]
    left = float(((scaled + lift[agents]) // unit) @ x)
    right = (limit * p + int(need[best].sum())) // unit
    weights = dict(zip(owner[best].tolist(), need[best].tolist(), strict=True))
    return _BrokenRow(left - right, NodePrices(BITS, price={r: p}, agent=weights))
