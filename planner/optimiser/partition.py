"""Which sets of jobs the bins hold: each job in one set, each bin with one set.

The columns of this program are whole sets, so its linear program is as tight as the
knapsack bound of packing.py. Few sets are left once the bound is close.
"""

import numpy as np

from planner.optimiser.bins import Bins
from planner.optimiser.formulation import Formulation, Row
from planner.optimiser.plan import NOTHING
from planner.optimiser.problem import IntArray
from planner.optimiser.repack import JobSet

MOST_COLUMNS = 4_000
"""Sets above which a solver has no use for the program."""


def partition(bins: Bins, sets: list[JobSet], at_least: int | None) -> Formulation:
    """Write the choice of sets as an integer program; its columns are the sets."""
    costs = [int(bins.cost[s.bin, s.jobs].sum()) // bins.unit for s in sets]
    program = Formulation(
        option=np.zeros(0, dtype=np.int64),
        upper=[1] * len(sets),
        objective=[-cost for cost in costs],
        at_least=at_least,
        together=[_options(bins, s) for s in sets],
    )
    owners = np.array([s.bin for s in sets], dtype=np.int64)
    columns = np.repeat(np.arange(len(sets)), [len(s.jobs) for s in sets])
    jobs = np.concatenate([np.zeros(0, dtype=np.int64), *(s.jobs for s in sets)])
    program.rows = [_one(np.flatnonzero(owners == i)) for i in range(bins.num_bins)]
    program.rows += [_one(columns[jobs == j]) for j in range(bins.num_jobs)]
    return program


def _options(bins: Bins, held: JobSet) -> IntArray:
    option = bins.option[held.bin, held.jobs]
    chosen: IntArray = option[option != NOTHING]
    return chosen


def _one(columns: IntArray) -> Row:
    return Row(columns, np.ones(len(columns), dtype=np.int64), 1, 1)
