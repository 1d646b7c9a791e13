"""Improve a plan where the prices are undecided, by small integer programs.

Nearly every agent has one option that good prices make the best by far. What rounding
loses, it loses among the few for whom two options are nearly as good. These choose
again, all together, among the options of small loss; everybody else stays. A program
of a few hundred columns closes most of what is left between plan and bound. When it is
solved to the end the next is twice as wide; when it is not, the next lets only some of
them choose again.

Those who choose again together should have something to trade. So where they are too
many, some agents who lose by the plan and some rows with dear room are drawn by lot,
then those who may use the same seats, then those who share seats with these, and so on.
"""

from dataclasses import replace

import numpy as np

from planner.optimiser import mip
from planner.optimiser.core import NOTHING, losses, width_for
from planner.optimiser.cpsat import Effort
from planner.optimiser.flat import Model, narrow_rows
from planner.optimiser.formulation import Focus, Held, formulate
from planner.optimiser.incumbent import Incumbent
from planner.optimiser.problem import BoolArray, FloatArray, IntArray, spans
from planner.optimiser.restrict import Part, restrict
from planner.optimiser.watch import Watch

FIRST, WIDEST, SHARE = 100, 8_000, 0.12
"""Options beyond everyone's best in the first program, in the largest, and the number
of the largest for each agent where there are many."""

SLICE = 2.0
"""Seconds for one program: branch and cut cannot be interrupted."""

NODES, NODE = 200, 400
"""Nodes of one program instead, where only work may decide, and the work of a node for
each option."""

MOST = 2_000
"""Agents who choose again together at most."""

LEAST = 0.05
"""The smallest share of them."""


SEEDS, ISLAND = 0.3, 20
"""Share of those who lose, and of the dear rows with room, from which a program grows,
and agents from whom it goes on where nobody else shares a seat."""


class Polisher:
    """Improves the incumbent of one problem at given prices."""

    def __init__(
        self,
        model: Model,
        price: FloatArray,
        reduced: FloatArray,
        best: Incumbent,
        watch: Watch,
        focus: Focus | None = None,
    ) -> None:
        self.model, self.price, self.best, self.watch = model, price, best, watch
        self.focus = focus or Focus(model.problem, ())
        self.lot = np.random.default_rng(watch.limits.seed)
        self.loss, self.top = losses(model, reduced)
        self.losing = int((self.loss > NOTHING).sum())
        self.widest = max(WIDEST, int(SHARE * model.num_agents))
        self.seats = narrow_rows(model)

    def __call__(self, bound: float, seconds: float) -> None:
        """Widen the program until nothing is left to gain, or the time is up."""
        count, share = FIRST, 1.0
        ends = self.watch.seconds + seconds
        while not self.watch.report() and self.watch.seconds < ends:
            if self._near(bound):
                return
            better, closed = self.improve(count, share)
            if closed and share == 1.0 and count >= min(self.widest, self.losing):
                return
            if closed and not better:
                count, share = min(2 * count, self.widest), min(1.0, share / 0.7)
            elif not closed and not better:
                share = max(LEAST, share * 0.7)

    def _near(self, bound: float) -> bool:
        return self.best.within(bound, self.watch.limits.gap)

    def improve(self, count: int, share: float) -> tuple[bool, bool]:
        """Solve the program with so many options; was it better, was it the end?"""
        choice = self.best.choice
        assert choice is not None
        free, keep = self.undecided(choice, count)
        most = int(share * min(free.sum(), MOST))
        if most < free.sum():
            free = self.together(choice, free, keep, most)
        part = restrict(self.focus.problem, choice, free, keep)
        program = formulate(part.problem, held=self.held(part, choice, free))
        answer = mip.in_background(program, self.effort(), self.watch, proves=False)
        self.watch.work += NODES * NODE * len(program.option)
        if answer.y is None:
            return False, False
        own = program.choice(part.problem, answer.y)
        if not answer.closed:
            self.watch.clocked = self.watch.limits.work is None
        better = self.best.offer(self.model, part.whole(choice, own))
        return better, answer.closed

    def together(
        self, choice: IntArray, free: BoolArray, keep: BoolArray, most: int
    ) -> BoolArray:
        """Return about so many of the free agents, who may use each other's seats."""
        option = np.flatnonzero(keep & free[self.model.option_agent])
        entries, counts = spans(self.model.use_ptr, option)
        row = self.model.use_row[entries]
        agent = np.repeat(self.model.option_agent[option], counts)
        agent, row = agent[self.seats[row]], row[self.seats[row]]
        room = self.seats & (self.price > 0)
        room &= self.model.use(choice) < self.model.rows.upper
        reached = room & (self.lot.random(len(room)) < SEEDS)
        held = np.where(choice >= 0, self.loss[choice], self.top)
        some = free & (held > NOTHING) & (self.lot.random(len(free)) < SEEDS)
        while True:
            reached[row[some[agent]]] = True
            more = np.zeros(len(free), dtype=bool)
            more[agent[reached[row]]] = True
            more &= ~some
            wanted = most - int(some.sum())
            found = np.flatnonzero(more)
            if len(found) == 0:  # an island: go on from somewhere else
                found = np.flatnonzero(free & ~some)
                wanted = min(wanted, ISLAND)
            if len(found) > wanted:
                found = self.lot.choice(found, max(0, wanted), replace=False)
            some[found] = True
            if len(found) == 0 or some.sum() >= most:
                return some

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
