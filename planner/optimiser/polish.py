"""Improve a plan where the prices are undecided, by small integer programs.

Nearly every agent has one option that good prices make the best by far. What rounding
loses, it loses among the few for whom two options are nearly as good. These choose
again, all together, among the options of small loss; everybody else stays. A program
of a few hundred columns closes most of what is left between plan and bound. When it is
solved to the end the next is twice as wide; when it is not, the next lets only some of
them choose again, drawn by lot.
"""

from dataclasses import replace

import numpy as np

from planner.optimiser import mip
from planner.optimiser.core import NOTHING, losses, width_for
from planner.optimiser.cpsat import Answer, Effort
from planner.optimiser.flat import Model
from planner.optimiser.formulation import Focus, Held, formulate
from planner.optimiser.incumbent import Incumbent
from planner.optimiser.problem import BoolArray, FloatArray, IntArray
from planner.optimiser.restrict import Part, restrict
from planner.optimiser.watch import Watch

FIRST, WIDEST = 100, 8_000
"""Options beyond everyone's best in the first program, and in the largest."""

SLICE = 2.0
"""Seconds for one program: branch and cut cannot be interrupted."""

NODES, NODE = 200, 400
"""Nodes of one program instead, where only work may decide, and the work of a node for
each option."""

MOST = 2_000
"""Agents who choose again together at most."""

LEAST = 0.2
"""The smallest share of the undecided who choose again together."""


class Polisher:
    """Improves the incumbent of one problem at given prices."""

    def __init__(
        self,
        model: Model,
        reduced: FloatArray,
        best: Incumbent,
        watch: Watch,
        focus: Focus | None = None,
    ) -> None:
        self.model, self.best, self.watch = model, best, watch
        self.focus = focus or Focus(model.problem, ())
        self.lot = np.random.default_rng(watch.limits.seed)
        self.loss, self.top = losses(model, reduced)
        self.losing = int((self.loss > NOTHING).sum())

    def __call__(self, bound: float, seconds: float) -> None:
        """Widen the program until nothing is left to gain, or the time is up."""
        count, share = FIRST, 1.0
        ends = self.watch.seconds + seconds
        while not self.watch.report() and self.watch.seconds < ends:
            if self._near(bound):
                return
            better, closed = self.improve(count, share)
            if closed and share == 1.0 and count >= min(WIDEST, self.losing):
                return
            if closed and not better:
                count, share = min(2 * count, WIDEST), min(1.0, share / 0.7)
            elif not closed and not better:
                share = max(LEAST, share * 0.7)

    def _near(self, bound: float) -> bool:
        return self.best.within(bound, self.watch.limits.gap)

    def improve(self, count: int, share: float) -> tuple[bool, bool]:
        """Solve the program with so many options; was it better, was it the end?"""
        choice = self.best.choice
        assert choice is not None
        free, keep = self.undecided(choice, count)
        share = min(share, MOST / max(1, int(free.sum())))
        if share < 1.0:
            free &= self.lot.random(len(free)) < share
        part = restrict(self.focus.problem, choice, free, keep)
        program = formulate(part.problem, held=self.held(part, choice, free))
        effort = self.effort()
        answers: list[Answer] = []
        self.watch.run(lambda: answers.append(mip.solve(program, effort)), _wait)
        self.watch.work += NODES * NODE * len(program.option)
        answer = answers[0]
        if answer.y is None or not program.holds(answer.y):
            return False, False
        own = program.choice(part.problem, answer.y)
        if not answer.closed:
            self.watch.clocked = self.watch.limits.work is None
        better = self.best.offer(self.model, part.whole(choice, own))
        return better, answer.closed

    def held(self, part: Part, choice: IntArray, free: BoolArray) -> tuple[Held, ...]:
        """Return the levels of the tiers before, as the part sees them now."""
        staying = choice[~free]
        staying = staying[staying >= 0]
        return tuple(
            replace(
                held,
                value=np.append(held.value[part.option], held.value[staying].sum()),
                level=held.reached(self.focus.problem, choice),
            )
            for held in self.focus.held
        )

    def effort(self) -> Effort:
        """Return how long one program may take."""
        seed = int(self.lot.integers(1 << 30))
        left = self.watch.seconds_left()
        if self.watch.limits.work is not None:
            return Effort(left, NODES, seed=seed)
        return Effort(min(SLICE, left), seed=seed)

    def undecided(self, choice: IntArray, count: int) -> tuple[BoolArray, BoolArray]:
        """Return the agents who choose again, and the options they choose among."""
        model = self.model
        width = width_for(self.loss, count)
        keep = self.loss <= width
        number = np.bincount(model.option_agent[keep], minlength=model.num_agents)
        nothing = ~model.must & (self.top <= width)
        free = number + nothing >= 2
        placed = choice >= 0
        free[placed] |= self.loss[choice[placed]] > width
        free[~placed] |= self.top[~placed] > width
        return free, keep


def _wait() -> None:
    """Branch and cut cannot be interrupted; its slice of time is short."""
