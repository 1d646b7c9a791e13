"""Repair of a plan: violation-driven local search with tabu and rising penalties.

A cohort that is used but too small is either closed or filled up, whichever the prices
say costs less. Then each broken limit pulls agents in or pushes them out by the switch
that costs least (local_search.mend): an agent who was moved is tabu for some moves
(Glover 1989), and a limit for which no switch pays becomes dearer, which leads out of
local optima (breakout, Morris 1993). Whatever room is left is used by descent
(local_search.climb) and ejection chains (local_search.chain, Glover 1996).

Arrays: choice int64[agents] in options of the model, -1 for nothing; use int64[rows].
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from planner.optimiser.kernels import local_search
from planner.optimiser.kernels.dispatch import COMPILE_FROM, dispatch
from planner.optimiser.kernels.local_search import WALL
from planner.optimiser.kernels.pricing import NEVER, Index
from planner.optimiser.model.parameters import DEFAULTS, SearchParameters
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.regret_greedy import by_best, fill, parts
from planner.optimiser.relaxation.row_model import RowModel, narrow_rows


class Repairer:
    """Repairs plans of one model, whose options are indexed by row once."""

    def __init__(
        self,
        model: RowModel,
        price: FloatArray,
        reduced: FloatArray,
        worth: float,
        parameters: SearchParameters = DEFAULTS,
    ) -> None:
        self.model, self.price, self.reduced = model, price, reduced
        self.unit = worth
        self.tuned, self.of_rows = parameters.repair, parameters.rows

    @cached_property
    def wanted(self) -> BoolArray:
        """The rows that agents can be moved into or out of."""
        rows = self.model.rows
        if self.model.num_uses <= self.tuned.indexed_uses:
            return np.ones(len(rows), dtype=bool)
        wanted: BoolArray = (rows.lower > 0) & np.isinf(rows.short_price)
        return wanted

    @cached_property
    def index(self) -> Index:
        return self.model.index(self.wanted)

    def want_broken(self, choice: IntArray) -> None:
        """See to it that agents can be moved out of every row that is broken."""
        broken = self.model.rows.excess(self.model.use(choice)) > 0
        if (broken & ~self.wanted).any():
            self.wanted = self.wanted | broken
            self.index = self.model.index(self.wanted)

    def __call__(
        self,
        choice: IntArray,
        watch: Watch,
        early: Callable[[IntArray], object] | None = None,
    ) -> IntArray:
        """Return a better choice: feasible, if one was found.

        `early` is told of it before the room that is left is used, which takes longest.
        """
        choice = choice.copy()
        closed = np.zeros(len(self.model.rows), dtype=bool)
        for attempt in range(self.tuned.attempts):
            self.want_broken(choice)
            closed |= self.to_close(choice, all_of_them=attempt > 0)
            self.mend(choice, closed, watch)
            if self.model.feasible(choice) or watch():
                break
        if self.model.feasible(choice):
            if early is not None:
                early(choice)
            self.top_up(choice, closed, watch)
        return choice

    def dry(self, choice: IntArray, watch: Watch) -> IntArray:
        """Return a feasible choice with the room that is left filled: the unplaced
        first, then whoever gains by a switch alone."""
        choice = choice.copy()
        order = by_best(self.model, self.reduced)
        worth = self.model.value.astype(np.float64)
        fill(self.model, worth, choice, order, 0.0, self.empty(choice))
        climb(self.model, choice, order, watch)
        return choice

    def to_close(self, choice: IntArray, *, all_of_them: bool = False) -> BoolArray:
        """Return the cohorts that are cheaper to close than to fill up, or all small
        ones: those that could not be filled up."""
        model, rows = self.model, self.model.rows
        use = model.use(choice)
        hard = np.isinf(rows.short_price)
        small = rows.only_if_used & hard & (use > 0) & (use < rows.lower)
        if all_of_them:
            return small
        closed = np.zeros(len(rows), dtype=bool)
        chosen_loss = self.losses(choice)
        for row in np.flatnonzero(small):
            closed[row] = self.closing_pays(int(row), choice, chosen_loss, use)
        return closed

    def losses(self, choice: IntArray) -> FloatArray:
        """Return each option's reduced value above that of its agent's choice."""
        held = np.zeros(len(choice))
        held[choice >= 0] = self.reduced[choice[choice >= 0]]
        gain: FloatArray = self.reduced - held[self.model.option_agent]
        return gain

    def closing_pays(
        self, row: int, choice: IntArray, gain: FloatArray, use: IntArray
    ) -> bool:
        """Compare what the members lose elsewhere with what filling up costs."""
        model = self.model
        options = self.index.option[slice(*self.index.ptr[[row, row + 1]])]
        agents = model.option_agent[options]
        inside = choice[agents] == options
        missing = int(model.rows.lower[row] - use[row])
        amount = max(1.0, model.scale[row])
        pull = np.sort(-gain[options[~inside]])[: int(np.ceil(missing / amount))]
        if len(pull) * amount < missing:
            return True
        leave = 0.0
        for agent in agents[inside]:
            span = slice(*model.agent_ptr[[agent, agent + 1]])
            other = gain[span][np.arange(span.start, span.stop) != choice[agent]]
            stay = -self.reduced[choice[agent]] if not model.must[agent] else -self.unit
            leave -= max(float(other.max(initial=-np.inf)), stay)
        return leave <= float(pull.sum())

    def mend(self, choice: IntArray, closed: BoolArray, watch: Watch) -> None:
        """Move agents until every hard limit holds, or the moves run out."""
        model, rows = self.model, self.model.rows
        self.place_those_who_must(choice)
        use = model.use(choice)
        if self.holds(use, closed):
            return
        walls = rows.walls(price=2 * self.unit / model.scale, closed=closed)
        hard_short, hard_over = np.isinf(rows.short_price), np.isinf(rows.over_price)
        walls.over_price[hard_over & ~self.wanted] = WALL
        tuned = self.tuned
        broken = int((rows.excess(use) > 0).sum())
        moves = tuned.moves + tuned.moves_a_row * broken
        uses, batch = model.num_uses, tuned.first_batch
        while moves > 0 and not watch.report():
            made = dispatch(local_search.mend, uses)(
                model.options, walls, self.index, hard_short, hard_over, self.reduced,
                batch, tuned.compared_options, tuned.tenure, use, choice,
            )  # fmt: skip
            watch.work += made * tuned.compared_options
            moves = moves - made if made == batch else 0
            uses, batch = max(uses, COMPILE_FROM), tuned.batch

    def holds(self, use: IntArray, closed: BoolArray) -> bool:
        """Tell whether no hard limit is broken and no closed cohort used."""
        return not (self.model.rows.excess(use).any() or use[closed].any())

    def place_those_who_must(self, choice: IntArray) -> None:
        """Place them where they lose least, even where it does not fit."""
        model = self.model
        for agent in np.flatnonzero(model.must & (choice < 0)):
            span = slice(*model.agent_ptr[[agent, agent + 1]])
            if span.start < span.stop:
                choice[agent] = span.start + int(np.argmax(self.reduced[span]))

    def top_up(self, choice: IntArray, closed: BoolArray, watch: Watch) -> None:
        """Use the room that is left, first for the unplaced, then to improve."""
        model = self.model
        order = by_best(model, self.reduced)
        fill(model, self.reduced, choice, order, -np.inf, closed | self.empty(choice))
        climb(model, choice, order, watch)
        if model.num_uses >= COMPILE_FROM:
            self.chain(choice, closed, watch)

    def chain(self, choice: IntArray, closed: BoolArray, watch: Watch) -> None:
        """Fill the rows that still have room, by switches of several agents."""
        model = self.model
        index, use = self.narrow, model.use(choice)
        stamp = np.zeros(model.num_agents, dtype=np.int64)
        walls = model.rows.walls(price=WALL, closed=closed | self.empty(choice))
        room = np.where(np.diff(index.ptr) > 0, walls.upper - use, 0)
        worth = self.price * room
        starts = np.flatnonzero((room > 0) & (worth > 0))
        starts = starts[np.argsort(-worth[starts], kind="stable")]
        done = 1
        for part in np.array_split(starts, 1 + len(starts) // self.tuned.chain_rows):
            if watch.report():
                return
            _, tried = dispatch(local_search.chain, model.num_uses)(
                model.options, walls, index, self.price, self.reduced, part,
                self.tuned.chain_length, stamp, done, use, choice,
            )  # fmt: skip
            done += tried + len(part)
            watch.work += tried * self.tuned.compared_options

    @cached_property
    def narrow(self) -> Index:
        """The options of limited rows that few options use: seats, not budgets."""
        return self.model.index(narrow_rows(self.model, self.of_rows))

    def empty(self, choice: IntArray) -> BoolArray:
        """Return the cohorts that one more agent would open below their floor."""
        rows = self.model.rows
        hard = rows.only_if_used & np.isinf(rows.short_price) & (rows.lower > 0)
        result: BoolArray = hard & (self.model.use(choice) == 0)
        return result


def climb(model: RowModel, choice: IntArray, order: IntArray, watch: Watch) -> int:
    """Switch single agents while that raises the objective; return how often.

    Parameters
    ----------
    choice
        int64[agents]; changed in place, and never for the worse.
    order
        int64[k]; the agents who are asked, in this order.
    """
    use, moves = model.use(choice), 0
    least = 0.0 if model.rows.paid(use) == 0 else NEVER
    walls = model.rows.walls(price=WALL)
    worth = model.value.astype(np.float64)
    step = dispatch(local_search.climb, model.num_uses)
    for _ in range(watch.parameters.repair.climb_passes):
        made = 0
        for part in parts(order):
            if watch.report():
                return moves
            made += step(model.options, walls, part, worth, least, use, choice)
        moves += made
        if made == 0:
            break
    return moves
