"""Hall's inequalities: what budget lines can carry, without a variable for each flow.

Pools p draw on lines f in supply(p): a transportation problem. Its projection onto the
use of the pools (Hall 1935; for flows Gale 1957, Hoffman 1960) says that the lines can
carry it exactly if no set S of lines is asked for more than it holds:

    sum of use(p) over the pools p with supply(p) inside S  <=  sum of upper(S)

Only unions of supply sets need to be asked, and only connected ones: a union of two
parts that share no line is the sum of the rows of its parts. Where these are still too
many, a few of them are rows and plans are checked line by line (`line_sets`).
"""

import functools
from collections.abc import Iterator

import numpy as np

from planner.optimiser.model.parameters import RowParameters
from planner.optimiser.model.problem import UNLIMITED, IntArray, Problem

LineSet = tuple[IntArray, IntArray, int]
"""Pools, the lines that supply them, and what these hold together."""

MOST_ROWS = 4096
"""More rows than this and the pools are too entangled to write out."""


class TooManyRows(RuntimeError):
    """The budget lines overlap in more ways than can be written as rows."""


def line_sets(
    problem: Problem, parameters: RowParameters
) -> tuple[list[LineSet], bool]:
    """Return the sets of lines that are rows, and whether these are all that count.

    Where lines overlap in too many ways, only the supplies of single pools and all
    the lines together are rows; plans are then checked line by line.
    """
    try:
        every = list(hall_rows(problem))
    except TooManyRows:
        every = []
    pools = np.flatnonzero(problem.resource_supplied)
    most = parameters.line_set_cells // max(1, problem.num_options)
    most = max(parameters.few_line_sets, most)
    if (every and len(every) <= most) or len(pools) == 0:
        return [(p, lines_of(problem, p), budget) for p, budget in every], True
    few = {tuple(lines_of(problem, pools[[at]]).tolist()) for at in range(len(pools))}
    few.add(tuple(lines_of(problem, pools).tolist()))
    sets = []
    for lines in sorted(few):
        within = [
            set(lines_of(problem, pools[[at]])) <= set(lines)
            for at in range(len(pools))
        ]
        budget = sum(int(problem.supply_upper[line]) for line in lines)
        if budget < UNLIMITED:
            sets.append((pools[np.array(within)], np.array(lines), budget))
    return sets, False


def hall_rows(problem: Problem) -> Iterator[tuple[IntArray, int]]:
    """Return (pools, budget) for each row: together they use at most the budget.

    Returns
    -------
    Iterator of (int64[pools], int)
        The pools of each row, and what all lines that supply any of them can give.

    Raises
    ------
    TooManyRows
        Where lines overlap in more ways than are worth a row each.
    """
    pools = np.flatnonzero(problem.resource_supplied)
    if len(pools) == 0:
        return
    supplies = [
        frozenset(
            problem.supply_index[
                problem.supply_ptr[pool] : problem.supply_ptr[pool + 1]
            ].tolist()
        )
        for pool in pools
    ]
    for union in sorted(_unions(frozenset(supplies)), key=sorted):
        budget = sum(int(problem.supply_upper[line]) for line in union)
        if budget < UNLIMITED:
            inside = [lines <= union for lines in supplies]
            yield pools[np.array(inside)], budget


def lines_of(problem: Problem, pools: IntArray) -> IntArray:
    """Return the budget lines that supply any of these pools."""
    spans = [
        problem.supply_index[slice(*problem.supply_ptr[[p, p + 1]])] for p in pools
    ]
    return np.unique(np.concatenate(spans)).astype(np.int64)


@functools.lru_cache(maxsize=4)
def _unions(supplies: frozenset[frozenset[int]]) -> frozenset[frozenset[int]]:
    """Close the supply sets under union with sets they overlap.

    Every tier of a problem asks for the same.
    """
    unions = set(supplies)
    fresh = list(supplies)
    while fresh:
        union = fresh.pop()
        for lines in supplies:
            wider = union | lines
            if wider not in unions and union & lines:
                unions.add(wider)
                fresh.append(wider)
                if len(unions) > MOST_ROWS:
                    raise TooManyRows(f"more than {MOST_ROWS} unions of budget lines")
    return frozenset(unions)
