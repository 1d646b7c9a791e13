"""A neighbourhood of large neighbourhood search: some cohorts, and all they concern.

Prices and bids decide cohort by cohort; what two cohorts share, and what a last member
decides, they do not see. So a sub-MIP takes a few cohorts that could have the same
people, some that run and some that do not (related removal, Shaw 1998), and all whom
they concern choose again: who is in them, and who would lose least by joining.

Arrays: free bool[agents], keep bool[options].
"""

import numpy as np

from planner.optimiser.model.parameters import DEFAULTS, NeighbourhoodParameters
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray, spans
from planner.optimiser.relaxation.column_generation import uses_closed_rows
from planner.optimiser.relaxation.reduced_cost import losses
from planner.optimiser.relaxation.row_model import RowModel, cohort_rows
from planner.optimiser.relaxation.subgradient import Sweeper, worth_of_a_choice


class CohortNeighbourhood:
    """Draws groups of cohorts, and those who choose again with them.

    `base` is the problem, `decided` the model in which some cohorts are closed.
    """

    def __init__(
        self,
        base: RowModel,
        decided: RowModel,
        price: FloatArray,
        lot: np.random.Generator,
        parameters: NeighbourhoodParameters = DEFAULTS.neighbourhood,
    ) -> None:
        self.base, self.lot, self.tuned = base, lot, parameters
        self.index = base.index(cohort_rows(base.rows))
        self.cohorts = np.flatnonzero(np.diff(self.index.ptr))
        self.loss, _, self.shut = losses_if_open(base, decided, price)
        self.near = parameters.near_loss * worth_of_a_choice(base)
        self.turn: list[int] = []
        self.most = max(0, parameters.first_cohorts - parameters.more_cohorts)

    def __call__(self, choice: IntArray) -> tuple[BoolArray, BoolArray]:
        """Return the agents who choose again, and the options they choose among."""
        base = self.base
        free = np.zeros(base.num_agents, dtype=bool)
        again = np.zeros(len(base.rows), dtype=bool)
        keep = ~self.shut & (self.loss <= self.near)
        if not self.turn:
            self.turn = self.round(choice)
            grown = self.most + self.tuned.more_cohorts
            self.most = max(1, min(self.tuned.most_cohorts, grown))
        cohort = self.turn.pop()
        for _ in range(int(self.lot.integers(1, self.most, endpoint=True))):
            again[cohort] = True
            options = self.concerned(cohort, choice)
            keep[options] = True
            free[base.option_agent[options]] = True
            others = self.held(choice[free])
            others = others[~again[others]]
            if len(others) == 0:
                break
            cohort = int(self.lot.choice(others))
        return free, keep

    def round(self, choice: IntArray) -> list[int]:
        """Return all cohorts in the order of a lot, from behind: first the unused."""
        lot = self.lot.random(len(self.cohorts))
        unused = self.base.use(choice)[self.cohorts] == 0
        order: list[int] = self.cohorts[np.argsort(lot + unused)].tolist()
        return order

    def concerned(self, cohort: int, choice: IntArray) -> IntArray:
        """Return the options of those in a cohort, and who would lose least there."""
        part = slice(*self.index.ptr[[cohort, cohort + 1]])
        option, agent = self.index.option[part], self.index.agent[part]
        inside = choice[agent] == option
        outside = option[~inside]
        wanted = self.tuned.pulled_agents * max(
            1, int(self.base.problem.resource_lower[cohort])
        )
        nearest = np.argsort(self.loss[outside], kind="stable")[:wanted]
        return np.concatenate([option[inside], outside[nearest]]).astype(np.int64)

    def held(self, choice: IntArray) -> IntArray:
        """Return the cohorts that these choices use, as often as they do."""
        entries, _ = spans(self.base.use_ptr, choice[choice >= 0])
        rows = self.base.use_row[entries].astype(np.int64)
        return rows[np.diff(self.index.ptr)[rows] > 0]


def losses_if_open(
    base: RowModel, decided: RowModel, price: FloatArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return what options lose where closed cohorts cost nothing.

    Returns
    -------
    loss
        float64[options]; how far an option is below the best of its agent that uses no
        closed cohort: below 0 where a closed one would be better.
    best
        float64[agents]; that best, 0 where there is none.
    shut
        bool[options]; what uses a closed cohort.
    """
    closed = decided.rows.upper == 0
    with Sweeper(base, workers=1) as sweep:
        reduced = sweep.reduced(np.where(closed, 0.0, price))
    shut = uses_closed_rows(decided)
    _, top = losses(base, np.where(shut, -np.inf, reduced))
    best = np.where(np.isfinite(top), top, 0.0)
    return best[base.option_agent] - reduced, best, shut
