"""Search and bound for problems that are nothing but bins (see packing.py).

The search is two islands that pack random bins again, each from its own seed. In most
legs an island walks about and takes dearer packings too, the fewer the later in the
round; once a round both start from the better plan and take none. There are always
two, so the plan does not depend on how many threads walk them.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from planner.optimiser.bins import Bins
from planner.optimiser.covering import search_packings
from planner.optimiser.kernels import compiled
from planner.optimiser.packing import WORD
from planner.optimiser.problem import BoolArray, IntArray

ISLANDS = 2

FEWEST, WIDEST = 3, 12
"""Bins to pack again at once."""

HEATS = (0.0, 1.0, 1.0, 0.8, 0.6, 0.5, 0.4, 0.3)
"""How readily the legs of a round take dearer packings: times what each bin loses."""

LEG = 100_000_000
"""Work of an island before it looks at the other: a fraction of a second."""

MOST_SETS, PATIENCE = 500, 150_000
"""Sets of a bin that are listed, and looks at sets, before it is enough."""

NEVER = -(2**62)
"""A bound that says nothing."""

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
    bound: int = NEVER
    legs: int = 0
    _here: dict[int, IntArray] = field(default_factory=dict)

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
            own = (self.price[jobs], bins.cost[i, jobs], bins.weight[i, jobs])
            size = int(bins.capacity[i])
            compiled("fill")(*own, size, len(jobs), table)
            count = compiled("sets_of")(
                *own, size, len(jobs), int(room), table, members, losses
            )
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
                found = list(pool.map(self._leg, range(ISLANDS)))
                self.assigned = min([self.assigned, *found], key=self._cost_of)
                self.legs += 1
        return (before - self.cost) // self.bins.unit

    def _leg(self, island: int, work: int | None = None) -> IntArray:
        """Walk one leg of an island; return the best assignment that it passed."""
        bins, best = self.bins, self.assigned.copy()
        seed = (self.seed * 1_000_003 + self.legs * ISLANDS + island) % 2**31
        heat = HEATS[self.legs % len(HEATS)]
        here = best.copy() if heat == 0 else self._here.get(island, best.copy())
        lost = max(self.cost - self.bound, bins.unit) if self.bound > NEVER else 0
        compiled(search_packings.__name__)(
            seed, self.price, bins.cost, bins.weight, bins.capacity, here, best,
            bins.unit, heat * lost / bins.num_bins, FEWEST, WIDEST, work or LEG,
            MOST_SETS, PATIENCE,
        )  # fmt: skip
        self._here[island] = here
        return best

    def _cost_of(self, assigned: IntArray) -> int:
        return int(self.bins.cost[assigned, np.arange(self.bins.num_jobs)].sum())

    @property
    def _size(self) -> int:
        return int(self.bins.capacity.max()) + 1
