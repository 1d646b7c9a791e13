"""Hall's inequalities: what budget lines can carry, without a variable for each flow.

Pools p draw on lines f in supply(p): a transportation problem. Its projection onto the
use of the pools (Hall 1935; for flows Gale 1957, Hoffman 1960) says that the lines can
carry it exactly if no set S of lines is asked for more than it holds:

    sum of use(p) over the pools p with supply(p) inside S  <=  sum of upper(S)

Only unions of supply sets need to be asked, and only connected ones: a union of two
parts that share no line is the sum of the rows of its parts.
"""

import functools
from collections.abc import Iterator

import numpy as np

from planner.optimiser.model.problem import UNLIMITED, IntArray, Problem

MOST_ROWS = 4096
"""More rows than this and the pools are too entangled to write out."""


class TooManyRows(RuntimeError):
    """The budget lines overlap in more ways than can be written as rows."""


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
