"""The incumbent: the best plan so far; everything the search finds is offered here.

    kept  if feasible and  (value, ties) > (value, ties) of the one before

Arrays: choice int64[agents] in options of the problem, -1 for nothing; ties
int64[options], what decides between plans of the same value.
"""

import math
from collections.abc import Callable

from planner.optimiser.model.problem import IntArray
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.row_model import RowModel

OnPlan = Callable[[IntArray], None]


class Incumbent:
    """Keeps the best feasible choice, in the options of the problem.

    Of two that are as good the one with more of `ties` is kept.
    """

    def __init__(
        self,
        watch: Watch,
        on_plan: OnPlan | None = None,
        admits: Callable[[IntArray], bool] | None = None,
        ties: IntArray | None = None,
    ) -> None:
        self.choice: IntArray | None = None
        self.objective: int | None = None
        self._watch = watch
        self._on_plan = on_plan
        self._admits = admits
        self._ties = ties
        self._tie = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is no plan but the one that places nobody, if that."""
        return self.choice is None or bool((self.choice < 0).all())

    def offer(self, model: RowModel, choice: IntArray) -> bool:
        """Take a choice of this model if it is feasible and better than the best."""
        objective = model.objective(choice)
        if self.objective is not None and objective < self.objective:
            return False
        original = model.original(choice)
        tie = (
            0 if self._ties is None else int(self._ties[original[original >= 0]].sum())
        )
        if objective == self.objective and tie <= self._tie:
            return False
        if not model.feasible(choice):
            return False
        if self._admits is not None and not self._admits(original):
            return False
        self.choice, self.objective, self._tie = original, objective, tie
        self._watch.report(incumbent=objective)
        if self._on_plan is not None:
            self._on_plan(self.choice)
        return True

    def within(self, bound: float, gap: float) -> bool:
        """Tell whether the plan is as close to this bound as asked for."""
        if self.objective is None:
            return False
        left = math.floor(bound) - self.objective if math.isfinite(bound) else bound
        return left <= gap * max(1, abs(self.objective))
