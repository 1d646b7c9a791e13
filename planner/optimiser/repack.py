"""Search and bound for problems that are nothing but bins (see packing.py).

The search is two islands that pack random bins again, each from its own seed, and
share the better plan after every leg. There are always two, so the plan does not
depend on how many threads walk them.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from planner.optimiser.bins import Bins
from planner.optimiser.kernels import compiled
from planner.optimiser.packing import WORD
from planner.optimiser.problem import BoolArray, FloatArray, IntArray

ISLANDS = 2

SIZES = np.array([2, 3, 4, 5, 6, 8, 10])
"""Bins to pack again at once."""

LEG = 20_000_000
"""Work of an island before it looks at the other: a fraction of a second."""

MOST_SETS, PATIENCE = 1_000, 100_000

STEPS, EFFORT = 1_500, 3_000_000_000
"""Most subgradient steps for the prices on jobs, and most cells they may fill: no step
can be interrupted, so they are kept to seconds."""


def warm_up() -> threading.Thread:
    """Have the kernels compiled in the background; the thread ends when they are.

    Compiling takes seconds the first time on a machine and cannot be stopped, so
    nobody should have to wait for it longer than they want to.
    """
    thread = threading.Thread(target=_touch_kernels, daemon=True)
    thread.start()
    return thread


def _touch_kernels() -> None:
    """Run every kernel once, on two jobs and two bins."""
    two = np.ones((2, 2), dtype=np.int64)
    bins = Bins(two, two, np.arange(4).reshape(2, 2), two[0], two[0], 1)
    tiny = Packing(bins, np.arange(2), two[0].copy())
    tiny.tighten()
    tiny.sets(4, 10)
    tiny._leg(0, work=1)


@dataclass(frozen=True)
class JobSet:
    """Jobs that one bin holds together."""

    bin: int
    jobs: IntArray


@dataclass
class Packing:
    """The best assignment of jobs to bins, and the best bound under all of them.

    Attributes
    ----------
    assigned
        int64[jobs]; the bin of each job.
    price
        int64[jobs]; prices on jobs, in parts of a unit.
    bound
        No assignment costs less, in parts of a unit; exact.
    """

    bins: Bins
    assigned: IntArray
    price: IntArray
    seed: int = 1
    workers: int = 1
    bound: int = -(2**62)
    legs: int = 0
    _gains: list[FloatArray] = field(default_factory=list)
    _works: list[FloatArray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._gains = [np.full(len(SIZES), 5.0) for _ in range(ISLANDS)]
        self._works = [np.full(len(SIZES), 1e5) for _ in range(ISLANDS)]

    @property
    def cost(self) -> int:
        return self._cost_of(self.assigned)

    def closed(self) -> bool:
        """Whether the bound leaves no room for a cheaper assignment."""
        return self.bound > self.cost - self.bins.unit

    def tighten(self) -> None:
        """Find better prices on the jobs, and with them a better bound."""
        bins = self.bins
        table = np.zeros((bins.num_jobs + 1, self._size), dtype=np.int64)
        price = self.price.copy()
        enough = self.cost - bins.unit + 1
        steps = min(STEPS, 60 + EFFORT // bins.cells)
        bound = compiled("tighten")(
            price, bins.cost, bins.weight, bins.capacity, self.cost, enough, steps,
            20, 0.6, 0.5, table,
        )  # fmt: skip
        if bound > self.bound:
            self.bound, self.price = int(bound), price

    def possible(self, cost: int, count: int) -> BoolArray:
        """Return bool[o]: the options of assignments that cost at most so much.

        `cost` is in whole units, `count` is the number of options.
        """
        return self.bins.options(self._stakes(cost)[1], count)

    def _stakes(self, cost: int) -> tuple[int, BoolArray]:
        """Return what is left up to this cost, and bool[bins, jobs]: what fits in."""
        bins = self.bins
        shape = (bins.num_jobs + 1, self._size)
        table, forward = np.zeros((2, *shape), dtype=np.int64)
        taking, leaving = np.zeros((2, bins.num_bins, bins.num_jobs), dtype=np.int64)
        bound = compiled("stakes")(
            self.price, bins.cost, bins.weight, bins.capacity, forward, table, taking,
            leaving,
        )  # fmt: skip
        room = cost * bins.unit - bound
        settled = leaving > room
        return room, (taking <= room) & (settled | ~settled.any(axis=0))

    def sets(self, cost: int, most: int) -> list[JobSet] | None:
        """Return every set of jobs that a bin holds in an assignment so cheap.

        None if there are more than `most`, or a bin has more jobs to choose from than
        fit into a word.
        """
        bins = self.bins
        room, possible = self._stakes(cost)
        if room < 0:
            return []
        found: list[JobSet] = []
        table = np.zeros((WORD + 1, self._size), dtype=np.int64)
        members, losses = np.zeros((2, most), dtype=np.int64)
        for i in range(bins.num_bins):
            jobs = np.flatnonzero(possible[i])
            if len(jobs) > WORD:
                return None
            count = compiled("sets_of")(
                self.price[jobs], bins.cost[i, jobs], bins.weight[i, jobs],
                int(bins.capacity[i]), len(jobs), int(room), table, members, losses,
            )  # fmt: skip
            if count < 0 or len(found) + count > most:
                return None
            inside = (members[:count, None] >> np.arange(len(jobs))) & 1 > 0
            found += [JobSet(i, jobs[row]) for row in inside]
        return found

    def search(self, legs: int, stop: Callable[[], bool]) -> int:
        """Let the islands search; return the units of cost that were saved."""
        before = self.cost
        with ThreadPoolExecutor(min(self.workers, ISLANDS)) as pool:
            for _ in range(legs):
                if stop() or self.closed():
                    break
                self.legs += 1
                found = list(pool.map(self._leg, range(ISLANDS)))
                self.assigned = min(found, key=self._cost_of)
        return (before - self.cost) // self.bins.unit

    def _leg(self, island: int, work: int | None = None) -> IntArray:
        bins, assigned = self.bins, self.assigned.copy()
        seed = (self.seed * 1_000_003 + self.legs * ISLANDS + island) % 2**31
        compiled("search_packings")(
            seed, self.price, bins.cost, bins.weight, bins.capacity, assigned,
            bins.unit, SIZES, self._gains[island], self._works[island], work or LEG,
            MOST_SETS, PATIENCE,
        )  # fmt: skip
        return assigned

    def _cost_of(self, assigned: IntArray) -> int:
        return int(self.bins.cost[assigned, np.arange(self.bins.num_jobs)].sum())

    @property
    def _size(self) -> int:
        return int(self.bins.capacity.max()) + 1
