"""A tree's process in which a solver lies: `... .liars LIE FOLDER`, see `LIES`.

It is the process of `tree/worker.py`, with another simplex method or branch and cut.
Only there is HiGHS imported, which cannot be where OR-Tools is.
"""

import os
import sys
import time
from functools import partial

import numpy as np

from planner.optimiser.tree.engine import LpAnswer

rng = np.random.default_rng(1)


def dies(real, columns, rows):
    """Come to a sudden end, as for want of memory; first half of the time do well."""
    if rng.random() < 0.5:
        os.abort()
    return real()


def hangs(real, columns, rows):
    """Never answer."""
    time.sleep(1000)
    return real()


def no_numbers(real, columns, rows):
    """Return what is no number, as after a division by 0."""
    answer = real()
    return LpAnswer(answer.infeasible, np.nan, np.full(columns, np.nan), answer.dual)


def no_duals(real, columns, rows):
    """Return duals and rays that are no numbers."""
    answer = real()
    dual = np.full(rows, np.nan)
    return LpAnswer(answer.infeasible, answer.objective, answer.value, dual)


def infeasible(real, columns, rows):
    """Call every program infeasible, and show any ray."""
    return LpAnswer(True, np.inf, np.zeros(0), rng.normal(size=rows))


def noise(real, columns, rows):
    """Return any bound, any solution and any duals."""
    value, dual = rng.random(columns), rng.normal(size=rows)
    return LpAnswer(False, float(rng.normal()), value, dual)


def everybody(real, columns, rows):
    """Call it the optimum that everybody has everything, and prove that by nothing."""
    return LpAnswer(False, -1e9, np.ones(columns), np.zeros(rows))


LIES = {
    lie.__name__: lie
    for lie in (dies, hangs, no_numbers, no_duals, infeasible, noise, everybody)
}

PLANS = {
    "plans of everybody": np.ones,
    "plans of nobody": np.zeros,
    "plans of no numbers": lambda columns: np.full(columns, np.nan),
}
"""What branch and cut finds."""


def run(lie, folder):
    """Answer what is asked in a folder; one solver lies."""
    from planner.optimiser.tree import highs, worker

    real = highs.Highs.run

    def asked(self, steps):
        columns = self.solver.getNumCol()
        return LIES[lie](lambda: real(self, steps), columns, self.num_rows)

    if lie in PLANS:
        highs._branch_and_cut = partial(found, PLANS[lie])
    else:
        highs.Highs.run = asked
    worker.main([folder])


def found(plan, matrix, whole, tell, until, seed):
    """Find one plan and go away."""
    tell(plan(len(matrix.cost)))


if __name__ == "__main__":
    run(*sys.argv[1:])
