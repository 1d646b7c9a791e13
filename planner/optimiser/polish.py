"""Improve a plan where the prices are undecided, by small integer programs.

Nearly every agent has one option that good prices make the best by far. What rounding
loses, it loses among the few for whom two options are nearly as good. These choose
again, all together, among the options of small loss; everybody else stays. A program
of a few hundred columns closes most of what is left between plan and bound. It is
solved to the end, then widened: twice as many options each time.
"""

import numpy as np

from planner.optimiser import mip
from planner.optimiser.core import losses
from planner.optimiser.cpsat import Answer, Effort
from planner.optimiser.flat import Model
from planner.optimiser.formulation import formulate
from planner.optimiser.incumbent import Incumbent
from planner.optimiser.problem import BoolArray, FloatArray, IntArray
from planner.optimiser.restrict import Part, restrict
from planner.optimiser.watch import Watch

FIRST, WIDEST = 100, 8_000
"""Options beyond everyone's best in the first program, and in the largest."""

SLICE = 2.0
"""Seconds for one program: branch and cut cannot be interrupted."""

NODES = 500
"""Nodes of one program instead, where only work may decide."""

PATIENCE = 3
"""Programs in a row that may end without a better plan or a proof."""


class Polisher:
    """Improves the incumbent of one problem at given prices."""

    def __init__(
        self, model: Model, reduced: FloatArray, best: Incumbent, watch: Watch
    ) -> None:
        self.model, self.best, self.watch = model, best, watch
        self.loss, self.top = losses(model, reduced)
        self.losing = np.sort(self.loss[self.loss > 0])

    def __call__(self, bound: float, seconds: float) -> None:
        """Widen the program until nothing is left to gain, or the time is up."""
        count, failures, seed = FIRST, 0, self.watch.limits.seed
        ends = self.watch.seconds + seconds
        while failures < PATIENCE and not self.watch.report():
            if self.watch.seconds >= ends or self._near(bound):
                return
            better, closed = self.improve(count, seed)
            seed += 1
            failures = 0 if better or closed else failures + 1
            if closed and count >= min(WIDEST, len(self.losing)):
                return
            if closed or not better:
                count = min(2 * count, WIDEST)

    def _near(self, bound: float) -> bool:
        return self.best.within(bound, self.watch.limits.gap)

    def improve(self, count: int, seed: int) -> tuple[bool, bool]:
        """Solve the program with so many options; was it better, was it the end?"""
        choice = self.best.choice
        assert choice is not None
        free, keep = self.undecided(choice, count)
        part = restrict(self.model.problem, choice, free, keep)
        program = formulate(part.problem)
        effort = self.effort(seed)
        answers: list[Answer] = []
        self.watch.run(lambda: answers.append(mip.solve(program, effort)), _wait)
        self.watch.work += NODES * len(program.rows)
        answer = answers[0]
        if answer.y is None or not program.holds(answer.y):
            return False, False
        chosen = program.option[answer.y[: len(program.option)] > 0]
        better = self.best.offer(self.model, _whole(part, choice, chosen))
        return better, answer.closed

    def effort(self, seed: int) -> Effort:
        """Return how long one program may take."""
        left = self.watch.seconds_left()
        if self.watch.limits.work is not None:
            return Effort(left, NODES, seed=seed)
        return Effort(min(SLICE, left), seed=seed)

    def undecided(self, choice: IntArray, count: int) -> tuple[BoolArray, BoolArray]:
        """Return the agents who choose again, and the options they choose among."""
        model = self.model
        place = min(count, len(self.losing)) - 1
        width = float(self.losing[place]) if place >= 0 else 0.0
        keep = self.loss <= width
        number = np.bincount(model.option_agent[keep], minlength=model.num_agents)
        nothing = ~model.must & (self.top <= width)
        free = number + nothing >= 2
        placed = choice >= 0
        free[placed] |= self.loss[choice[placed]] > width
        free[~placed] |= self.top[~placed] > width
        return free, keep


def _whole(part: Part, before: IntArray, chosen: IntArray) -> IntArray:
    """Return the plan of the whole problem with these options of the part."""
    choice = np.full(part.problem.num_agents, -1, dtype=np.int64)
    choice[part.problem.option_agent[chosen]] = chosen
    return part.whole(before, choice)


def _wait() -> None:
    """Branch and cut cannot be interrupted; its slice of time is short."""
