"""A neighbourhood of large neighbourhood search: a limit, and all who could use it.

Large programs leave small gains behind: a seat for somebody if two others move. So at
the end every limit has a program of its own, in which those choose again who could use
it (fix and optimise, Helber and Sahling 2010). At prices p it can gain no more than

    sum over them of (best reduced value - reduced value now)
        + sum over the hard limits that they touch of p(r) room(r)

(weak duality for the part). Options that lose more than that are left out; where it is
less than one unit, or leaves nobody a second option, there is nothing to solve, and
neither is where all that the program sees is as it was when it was solved last.

Arrays: choice int64[agents], free bool[agents], keep bool[options].
"""

import numpy as np

from planner.optimiser.model.parameters import NeighbourhoodParameters
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray, spans
from planner.optimiser.primal.cohort_neighbourhood import losses_if_open
from planner.optimiser.relaxation.reduced_cost import best_two
from planner.optimiser.relaxation.row_model import RowModel


class LimitNeighbourhood:
    """Draws those who could use a limit, and what they choose among.

    `base` is the problem, `decided` the model in which some cohorts are closed;
    `wanted`, bool[rows], are the limits that have a turn.
    `waiting` are the limits of a round that are still to come, the next one last.
    """

    def __init__(
        self,
        base: RowModel,
        decided: RowModel,
        price: FloatArray,
        wanted: BoolArray,
        parameters: NeighbourhoodParameters,
    ) -> None:
        self.base, self.most_agents = base, parameters.limit_agents
        self.price = np.where(decided.rows.upper == 0, 0.0, price)
        self.loss, self.top, _ = losses_if_open(base, decided, price)
        best = -best_two(base, -self.loss)[0]
        self.least = np.where(base.must, best, np.minimum(best, self.top))
        self.index = base.index(wanted)
        self.waiting: list[int] = []
        self.asked: dict[int, int] = {}

    def begin(self, choice: IntArray) -> None:
        """Begin a round: of all limits that could gain something, the most wanted come
        first."""
        base, plan = self.base, _Standing(self, choice)
        gain = np.maximum(0.0, plan.loss[base.option_agent] - self.loss)
        option = np.flatnonzero(gain)
        entries, counts = spans(base.use_ptr, option)
        gains = np.repeat(gain[option], counts)
        wanted = plan.room + np.bincount(base.use_row[entries], gains, len(plan.room))
        wanted[np.diff(self.index.ptr) == 0] = 0.0
        order = np.argsort(wanted, kind="stable")
        self.waiting = order[wanted[order] >= 1].tolist()

    def __call__(self, choice: IntArray) -> tuple[BoolArray, BoolArray]:
        """Return who chooses again for the next limit, and among which options.

        It is nobody where a round is at its end; then the next begins.
        """
        if not self.waiting:
            self.begin(choice)
        plan = _Standing(self, choice)
        free = np.zeros(self.base.num_agents, dtype=bool)
        keep = np.zeros(self.base.num_options, dtype=bool)
        while self.waiting and not free.any():
            self.draw(self.waiting.pop(), plan, free, keep)
        return free, keep

    def draw(
        self, row: int, plan: "_Standing", free: BoolArray, keep: BoolArray
    ) -> None:
        """Mark who chooses again for a limit, where that could gain something."""
        base = self.base
        agents = self.users(row, plan)
        options, counts = spans(base.agent_ptr, agents)
        touched = np.unique(base.use_row[spans(base.use_ptr, options)[0]])
        most = float((plan.loss[agents] - self.least[agents]).sum())
        most += float(plan.room[touched].sum())
        seen = hash((plan.choice[agents].tobytes(), plan.use[touched].tobytes()))
        if most < 1 or self.asked.get(row) == seen:
            return
        self.asked[row] = seen
        keep[options] = (
            self.loss[options] - np.repeat(self.least[agents], counts) <= most
        )
        owner = np.repeat(np.arange(len(agents)), counts)
        number = np.bincount(owner, keep[options], len(agents))
        nothing = ~base.must & (self.top - self.least <= most)
        free[agents] = number + nothing[agents] >= 2

    def users(self, row: int, plan: "_Standing") -> IntArray:
        """Return those who could use a limit; of too many who do, and who gain most."""
        part = slice(*self.index.ptr[[row, row + 1]])
        option, agent = self.index.option[part], self.index.agent[part]
        inside = plan.choice[agent] == option
        loss = np.where(inside, -np.inf, self.loss[option] - plan.loss[agent])
        agents: IntArray = agent[np.argsort(loss, kind="stable")].astype(np.int64)
        _, first = np.unique(agents, return_index=True)
        return np.sort(agents[np.sort(first)[: self.most_agents]])


class _Standing:
    """Where a plan stands: what it uses, what each agent loses, what room is worth."""

    def __init__(self, limits: LimitNeighbourhood, choice: IntArray) -> None:
        rows, price = limits.base.rows, limits.price
        self.choice, self.use = choice, limits.base.use(choice)
        self.loss = np.where(choice >= 0, limits.loss[choice], limits.top)
        room = np.where(price > 0, rows.upper - self.use, rows.floor - self.use)
        self.room = np.maximum(0.0, np.where(price == 0, 0.0, price * room))
