"""Large neighbourhood search over sub-MIPs, where the prices are undecided.

Nearly every agent has one option that good prices make the best by far. What rounding
loses, it loses among the few for whom two options are nearly as good. These choose
again, all together, among the options of small loss; everybody else stays (fix and
optimise, sub_problem.py). A program of a few hundred columns closes most of what is
left between plan and bound. When it is solved to the end the next is twice as wide;
when it is not, the next lets only some of them choose again.

Those who choose again together should have something to trade. So where they are too
many, some agents who lose by the plan and some rows with dear room are drawn by lot,
then those who may use the same seats, then those who share seats with these, and so on
(related removal, Shaw 1998). With two workers two such groups choose again at once.
Groups of cohorts and whoever could use a limit are other neighbourhoods
(cohort_neighbourhood.py, limit_neighbourhood.py); which has its turn goes by what it
gained for its effort, as in adaptive large neighbourhood search (Ropke and Pisinger
2006).

Arrays: free bool[agents], keep bool[options], loss float64[options].
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.optimiser.mip import scip
from planner.optimiser.mip.cpsat import Effort
from planner.optimiser.mip.mip_model import Focus, Held, formulate
from planner.optimiser.model.parameters import NeighbourhoodParameters
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray, spans
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.cohort_neighbourhood import CohortNeighbourhood
from planner.optimiser.primal.incumbent import Incumbent
from planner.optimiser.primal.limit_neighbourhood import LimitNeighbourhood
from planner.optimiser.primal.sub_problem import SubProblem, restrict
from planner.optimiser.relaxation.reduced_cost import NO_LOSS, losses, width_for
from planner.optimiser.relaxation.row_model import RowModel, cohort_rows, narrow_rows

NODE = 400
"""The work of a node of branch and cut, for each option."""


LIMITS, COHORTS = 1, 2
"""Which ways draw those who could use a limit and groups of cohorts; 0 is the widening
program."""


class OperatorChoice:
    """Whose turn it is of some ways to improve: of the one that gains more for less."""

    def __init__(self, ways: int, parameters: NeighbourhoodParameters) -> None:
        self.fair, self.memory = parameters.fair_share, parameters.memory
        self.total, self.gained = [0.0] * ways, [0.0] * ways
        self.spent = [0.0] * ways

    def turn(self) -> int:
        """Return whose turn it is."""
        least = min(self.total)
        if least <= self.fair * sum(self.total):
            return self.total.index(least)
        rates = [g / s for g, s in zip(self.gained, self.spent, strict=True)]
        return rates.index(max(rates))

    def learn(self, way: int, gained: float, spent: float) -> None:
        """Take in what a turn has gained and what it took."""
        self.total[way] += spent
        self.gained[way] = self.memory * self.gained[way] + gained
        self.spent[way] = self.memory * self.spent[way] + spent


class NeighbourhoodSearch:
    """Improves the incumbent of one problem at given prices."""

    def __init__(
        self,
        base: RowModel,
        model: RowModel,
        price: FloatArray,
        reduced: FloatArray,
        best: Incumbent,
        watch: Watch,
        focus: Focus | None = None,
    ) -> None:
        self.base, self.model, self.price = base, model, price
        self.best, self.watch = best, watch
        self.tuned = tuned = watch.parameters.neighbourhood
        self.focus = focus or Focus(model.problem, ())
        self.lot = np.random.default_rng(watch.limits.seed)
        self.loss, self.top = losses(model, reduced)
        self.losing = int((self.loss > NO_LOSS).sum())
        self.widest = max(
            tuned.widest_options, int(tuned.widest_share * model.num_agents)
        )
        self.seats = narrow_rows(model, watch.parameters.rows)
        self.count, self.share = tuned.first_options, 1.0
        by_clock = watch.limits.work is None
        self.lanes = min(watch.limits.workers, tuned.lanes) if by_clock else 1
        whole = at_values_of(model, base)
        wanted = base.rows.upper > 0
        if base.num_uses > watch.parameters.repair.indexed_uses:
            wanted &= self.seats
        self.limits = LimitNeighbourhood(whole, model, price, wanted, tuned)
        self.others: list[CohortNeighbourhood | LimitNeighbourhood] = [self.limits]
        if cohort_rows(base.rows)[base.use_row].any():
            cohorts = CohortNeighbourhood(whole, model, price, self.lot, tuned)
            self.others.append(cohorts)
        self.turns = OperatorChoice(1 + len(self.others), tuned)
        self.vain = 0

    def __call__(self, bound: float, seconds: float) -> None:
        """Widen the program until nothing is left to gain, or the time is up."""
        ends = self.watch.seconds + seconds
        while not self.watch.report() and self.watch.seconds < ends:
            if self._near(bound):
                return
            way = self.turns.turn()
            if way > 0:
                self.ask(way)
                continue
            better, closed = self.improve(self.count, self.share)
            whole = self.share == 1.0 and self.count >= min(self.widest, self.losing)
            if closed and whole and self.vain >= self.tuned.patience:
                return
            if closed and not better:
                self.count = min(2 * self.count, self.widest)
                self.share = min(1.0, self.share / 0.7)
            elif not closed and not better:
                self.share = max(self.tuned.least_share, self.share * 0.7)

    def ask(self, way: int) -> bool:
        """Let another neighbourhood draw a program; was it better?"""
        began, better = self.spent(), False
        free, keep = self.others[way - 1](self.plan())
        self.watch.work += self.base.num_agents
        if free.any():
            better, _ = self.choose([(free, keep)], way)
        else:
            self.turns.learn(way, 0.0, self.spent() - began)
        self.vain = 0 if better else self.vain + 1
        return better

    def dry(self, bound: float) -> None:
        """Give every limit a program of its own, until none of them finds anything."""
        found = True
        while found and not self._near(bound):
            found = False
            self.limits.begin(self.plan())
            while self.limits.waiting:
                if self.watch.report():
                    return
                found |= self.ask(LIMITS)

    def _near(self, bound: float) -> bool:
        return self.best.within(bound, self.watch.limits.gap)

    def improve(self, count: int, share: float) -> tuple[bool, bool]:
        """Solve the program with so many options; was it better, was it the end?"""
        choice = self.plan()
        free, keep = self.undecided(choice, count)
        most = int(share * min(free.sum(), self.tuned.most_agents))
        if most >= free.sum():
            return self.choose([(free, keep)])
        draws = []
        for _ in range(self.lanes):
            some = self.together(choice, free, keep, min(most, int(free.sum())))
            draws.append((some, keep))
            free = free & ~some
        return self.choose(draws)

    def plan(self) -> IntArray:
        assert self.best.choice is not None
        return self.best.choice

    def choose(
        self, draws: Sequence[tuple[BoolArray, BoolArray]], way: int = 0
    ) -> tuple[bool, bool]:
        """Let these agents choose again; was it better, was it the best of all?

        Nobody is drawn twice; whoever shares a limit with another draw may find that
        what both would take does not fit, and then the later one stays as it was. `way`
        says which of the ways has drawn them.
        """
        before, began = self.best.objective or 0, self.spent()
        choice = self.plan()
        parts, asked = [], []
        for free, keep in draws:
            part = restrict(self.focus.problem, choice, free, keep)
            held = self.held(part, choice, free)
            parts.append(part)
            asked.append((formulate(part.problem, held=held), self.effort()))
        answers = scip.in_background(asked, self.watch, proves=False)
        for part, (program, _), answer in zip(parts, asked, answers, strict=True):
            self.watch.work += self.tuned.program_nodes * NODE * len(program.option)
            if answer.y is not None:
                own = program.choice(part.problem, answer.y)
                self.best.offer(self.base, part.whole(self.plan(), own))
                if not answer.closed:
                    self.watch.clocked = self.watch.limits.work is None
        gained = (self.best.objective or 0) - before
        self.turns.learn(way, gained, self.spent() - began)
        closed = all(each.y is not None and each.closed for each in answers)
        return gained > 0, closed

    def spent(self) -> float:
        """Return the effort so far: in work where that decides, else in seconds."""
        watch = self.watch
        return watch.seconds if watch.limits.work is None else watch.work

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
        seeds = self.tuned.seed_share
        reached = room & (self.lot.random(len(room)) < seeds)
        held = np.where(choice >= 0, self.loss[choice], self.top)
        some = free & (held > NO_LOSS) & (self.lot.random(len(free)) < seeds)
        while True:
            reached[row[some[agent]]] = True
            more = np.zeros(len(free), dtype=bool)
            more[agent[reached[row]]] = True
            more &= ~some
            wanted = most - int(some.sum())
            candidates = np.flatnonzero(more)
            if len(candidates) == 0:  # an island: go on from somewhere else
                candidates = np.flatnonzero(free & ~some)
                wanted = min(wanted, self.tuned.island_agents)
            if len(candidates) > wanted:
                candidates = self.lot.choice(candidates, max(0, wanted), replace=False)
            some[candidates] = True
            if len(candidates) == 0 or some.sum() >= most:
                return some

    def held(
        self, part: SubProblem, choice: IntArray, free: BoolArray
    ) -> tuple[Held, ...]:
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
            return Effort(left, self.tuned.program_nodes, seed=seed)
        return Effort(min(self.tuned.program_seconds, left), seed=seed)

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


def at_values_of(model: RowModel, base: RowModel) -> RowModel:
    """Return the base at the values of a model of it, in which cohorts may be decided.

    Where ties are broken the values are others, and prices are theirs.
    """
    if model.value is base.value:
        return base
    own = model.rows
    rows = replace(base.rows, short_price=own.short_price, over_price=own.over_price)
    return replace(base, value=model.value, rows=rows)
