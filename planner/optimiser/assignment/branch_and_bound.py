"""Branch and bound for generalised assignment, asked as a question of decision.

Is there an assignment of jobs to bins that costs at most so much (Posta, Ferland and
Michelon 2012)? A node says which bins each job may still go to. Prices on its jobs
bound it (knapsack.py), and the same tables tell what else is in no assignment so cheap
(probing), so most nodes end by themselves or leave one way on. Where few jobs are left
every set is listed and an exact cover settles the rest. All numbers are whole, so the
answer is exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.optimiser.assignment.generalised_assignment import Bins
from planner.optimiser.kernels.dispatch import compiled
from planner.optimiser.kernels.exact_cover import cover
from planner.optimiser.kernels.knapsack import WORD, fill, sets_of, stakes, tighten
from planner.optimiser.model.parameters import DEFAULTS, AssignmentParameters
from planner.optimiser.model.problem import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Node:
    """Where each job may go, bool[bins, jobs], with one job sent to one bin.

    Nodes that differ in nothing else share the table, and int64[jobs]: the prices.
    """

    table: BoolArray
    price: IntArray
    job: int = -1
    place: int = -1

    def allowed(self) -> BoolArray:
        """Return where each job may go."""
        allowed = self.table.copy()
        if self.job >= 0:
            allowed[:, self.job] = False
            allowed[self.place, self.job] = True
        return allowed


@dataclass(frozen=True)
class OpenJobs:
    """What a node leaves open.

    Attributes
    ----------
    jobs
        int64[k]; the jobs with a choice.
    fits
        bool[bins, k]; where they may go.
    weight
        int64[bins, k]; more than the room where they may not.
    room
        int64[bins]; what the settled jobs leave.
    most
        What the open jobs may cost together, in parts of a unit.
    """

    jobs: IntArray
    fits: BoolArray
    cost: IntArray
    weight: IntArray
    room: IntArray
    most: int


class DecisionSearch:
    """Whether an assignment costs at most `most` units; asked bit by bit.

    `closed` says that it is answered; `assigned` is such an assignment, int64[jobs], or
    None. `work` counts cells of knapsack tables and looks at sets. A `seed` other than
    0 has it branch in another order.
    """

    def __init__(
        self,
        bins: Bins,
        price: IntArray,
        most: int,
        *,
        seed: int = 0,
        parameters: AssignmentParameters = DEFAULTS.assignment,
    ) -> None:
        self._tuned = parameters
        self._noise = parameters.branch_noise if seed else 0.0
        self._random = np.random.default_rng(seed)
        self.bins, self.most = bins, most
        self.assigned: IntArray | None = None
        self.work = 0
        fits = bins.weight <= bins.capacity[:, None]
        self._open = [Node(fits, price)]
        size = int(bins.capacity.max()) + 1
        shape = (bins.num_jobs + 1, size)
        self._table, self._forward = np.zeros((2, *shape), dtype=np.int64)
        depth = (bins.num_bins + 1, parameters.node_sets)
        self._lists, self._branches = np.zeros((2, *depth), dtype=np.int64)

    @property
    def closed(self) -> bool:
        return self.assigned is not None or not self._open

    def ask(self, work: int, stop: Callable[[], bool]) -> None:
        """Go on until it is answered, so much work is done, or `stop` says so."""
        until = self.work + work
        while not self.closed and self.work < until and not stop():
            self._open += self._ways_on(self._open.pop())

    def _ways_on(self, node: Node) -> list[Node]:
        """Return the nodes that a node leaves, the most promising last."""
        allowed, price = node.allowed(), node.price.copy()
        while True:
            part = self._part(allowed)
            if part is None:
                return []
            if not len(part.jobs):
                self._take(allowed.argmax(axis=0))
                return []
            before = part.fits.sum()
            own = price[part.jobs]
            rest, fits, taking = self._narrow(part, own)
            price[part.jobs] = own
            if rest < 0:
                return []
            allowed[:, part.jobs] = fits
            if fits.sum() > self._tuned.node_again * before:
                break
        part, taking = self._part(allowed), taking[:, fits.sum(axis=0) > 1]
        if part is None or self._by_sets(part, price, allowed):
            return []
        if not len(part.jobs):
            self._take(allowed.argmax(axis=0))
            return []
        scale = 1.0 + self._noise * self._random.random(taking.shape)
        return _branches(allowed, part, price, scale * taking / (rest + 1))

    def _part(self, allowed: BoolArray) -> OpenJobs | None:
        """Return what is open where jobs may go to these bins; None for no way."""
        bins = self.bins
        ways = allowed.sum(axis=0)
        if (ways == 0).any():
            return None
        settled = np.flatnonzero(ways == 1)
        where = allowed[:, settled].argmax(axis=0)
        load = np.zeros(bins.num_bins, dtype=np.int64)
        np.add.at(load, where, bins.weight[where, settled])
        room = bins.capacity - load
        spent = int(bins.cost[where, settled].sum())
        if (room < 0).any():
            return None
        jobs = np.flatnonzero(ways > 1)
        fits = allowed[:, jobs] & (bins.weight[:, jobs] <= room[:, None])
        if not fits.any(axis=0).all():
            return None
        weight = np.where(fits, bins.weight[:, jobs], room[:, None] + 1)
        cost = bins.cost[:, jobs]
        most = self.most * bins.unit - spent
        fits, cost, weight = map(np.ascontiguousarray, (fits, cost, weight))
        return OpenJobs(jobs, fits, cost, weight, room, most)

    def _narrow(
        self, part: OpenJobs, price: IntArray
    ) -> tuple[int, BoolArray, IntArray]:
        """Bound a part; return what is left up to its cost, what fits in, the stakes.

        `price` becomes better prices. What is left is below 0 if nothing is so cheap.
        """
        steps = self._tuned.node_steps * (4 if len(self._open) == 0 else 1)
        bound = compiled(tighten)(
            price, part.cost, part.weight, part.room, part.most + 1, part.most + 1,
            steps, self._tuned.node_patience, 0.7, 0.3, self._table,
        )  # fmt: skip
        cells = len(part.jobs) * int(part.room.sum() + len(part.room)) // 8
        self.work += (steps + 6) * cells
        taking, leaving = np.zeros((2, *part.fits.shape), dtype=np.int64)
        if bound > part.most:
            return -1, part.fits, taking
        compiled(stakes)(
            price, part.cost, part.weight, part.room, self._forward, self._table,
            taking, leaving,
        )  # fmt: skip
        rest = part.most - int(bound)
        needed = part.fits & (leaving > rest)
        if (needed.sum(axis=0) > 1).any():
            return -1, part.fits, taking
        fits = part.fits & (taking <= rest) & (needed | ~needed.any(axis=0))
        return rest, fits, taking

    def _by_sets(self, part: OpenJobs, price: IntArray, allowed: BoolArray) -> bool:
        """Settle a part by listing its sets, if they are few."""
        count, bins = len(part.jobs), self.bins
        if not count or count > WORD:
            return False
        own = price[part.jobs]
        mask, loss, owner = np.zeros((3, self._tuned.node_sets), dtype=np.int64)
        tops = [self._fill(part, own, i) for i in range(bins.num_bins)]
        rest, total = part.most - int(own.sum()) + sum(tops), 0
        if rest < 0:
            return True
        for i in range(bins.num_bins):
            self._fill(part, own, i)
            number = compiled(sets_of)(
                own - part.cost[i], part.weight[i], int(part.room[i]), count, rest,
                self._table, mask[total:], loss[total:],
            )  # fmt: skip
            if number < 0:
                return False
            owner[total : total + number] = i
            total += number
        rank = np.argsort(loss[:total], kind="stable")
        chosen = np.zeros(bins.num_bins, dtype=np.int64)
        walked, covers, finished = compiled(cover)(
            (1 << count) - 1, mask[rank], loss[rank], owner[rank], total, rest,
            chosen - 1, self._tuned.node_looks, self._lists, self._branches, chosen,
        )  # fmt: skip
        self.work += walked
        if covers:
            inside = (chosen[:, None] >> np.arange(count)) & 1 > 0
            where = allowed.argmax(axis=0)
            where[part.jobs] = inside.argmax(axis=0)
            self._take(where)
        return self.assigned is not None if covers else bool(finished)

    def _fill(self, part: OpenJobs, price: IntArray, i: int) -> int:
        return compiled(fill)(
            price - part.cost[i], part.weight[i], int(part.room[i]), len(part.jobs),
            self._table,
        )  # fmt: skip

    def _take(self, where: IntArray) -> None:
        """Keep an assignment if it really is as cheap as asked and fits."""
        bins, every = self.bins, np.arange(self.bins.num_jobs)
        load = np.zeros(bins.num_bins, dtype=np.int64)
        np.add.at(load, where, bins.weight[where, every])
        cheap = int(bins.cost[where, every].sum()) <= self.most * bins.unit
        if cheap and (load <= bins.capacity).all():
            self.assigned = where


def _branches(
    allowed: BoolArray, part: OpenJobs, price: IntArray, stakes: FloatArray
) -> list[Node]:
    """Send one job to each bin it may go to: the job that leaves least open.

    `stakes` are float[bins, k]: how much of what is left a job in a bin uses up.
    """
    left = np.where(part.fits, (1.0 - stakes).clip(0.0) ** 2 + 0.05, 0.0)
    place = int(left.sum(axis=0).argmin())
    job = int(part.jobs[place])
    return [
        Node(allowed, price, job, int(i))
        for i in np.argsort(-stakes[:, place], kind="stable")
        if part.fits[i, place]
    ]
