"""A matheuristic for generalised assignment: bounds from below, packings from above.

From below a question is asked (branch_and_bound.py): is there an assignment as cheap as
the bound? If not, the bound moves by one unit; if so, it is the optimum. From above the
same is asked with a higher aim, to find something, and islands pack random bins again,
each from its own seed. In most legs an island walks about and takes dearer packings
too, the fewer the later in a cycle (simulated annealing, Kirkpatrick, Gelatt and Vecchi
1983); in the first leg it starts from the best plan and takes none. All is measured in
work, so the plan does not depend on how many threads do it.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from planner.optimiser.assignment.branch_and_bound import DecisionSearch
from planner.optimiser.assignment.generalised_assignment import Bins
from planner.optimiser.kernels.dispatch import compiled
from planner.optimiser.kernels.exact_cover import search_packings
from planner.optimiser.kernels.knapsack import tighten
from planner.optimiser.model.parameters import DEFAULTS, AssignmentParameters
from planner.optimiser.model.problem import IntArray

NEVER = -(2**62)
"""A bound that says nothing."""


def warm_up() -> threading.Thread:
    """Have the kernels compiled in the background; the thread ends when they are.

    Compiling takes seconds the first time on a machine and cannot be stopped, so
    nobody should have to wait for it longer than they want to.
    """
    thread = threading.Thread(target=touch_kernels, daemon=True)
    thread.start()
    return thread


def touch_kernels() -> None:
    """Run every kernel once, on two jobs and two bins."""
    two = np.ones((2, 2), dtype=np.int64)
    bins = Bins(two, two, np.arange(4).reshape(2, 2), two[0], two[0], 1)
    tiny = Packing(bins, np.arange(2), two[0].copy())
    tiny.tighten()
    tiny._leg(0, work=1)
    DecisionSearch(bins, tiny.price, 4).ask(1, lambda: False)


@dataclass
class Dives:
    """Questions that are to find something cheaper: much at first, then less.

    `order` counts them; each has its own order of branching.
    """

    order: int
    tuned: AssignmentParameters
    aim: float = 0.0
    patience: int = 0
    now: DecisionSearch | None = None

    def __post_init__(self) -> None:
        self.aim, self.patience = self.tuned.first_aim, self.tuned.dive_patience

    def question(self, packing: "Packing", least: int, most: int) -> DecisionSearch:
        """Return the question to go on with; its cost is from `least` to `most`."""
        now = self.now
        if now is not None and not now.closed and least <= now.most <= most:
            if now.work < self.patience:
                return now
            self.aim = min(1.0, 1.5 * self.aim)
            if now.most == most:
                self.aim = self.tuned.first_aim
                self.patience = self.patience * 3 // 2
        aim = least + int(self.aim * (most - least))
        self.now = DecisionSearch(
            packing.bins, packing.price, aim, seed=self.order, parameters=self.tuned
        )
        self.order += 2
        return self.now


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
    parameters: AssignmentParameters = DEFAULTS.assignment
    bound: int = NEVER
    rounds: int = 0
    work: int = 0
    _here: dict[int, IntArray] = field(default_factory=dict)
    _proven: int = NEVER
    _halfway: int = 0
    _asked: DecisionSearch | None = None
    _dives: list[Dives] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dives = [Dives(order, self.parameters) for order in range(2)]

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
        tuned = self.parameters
        steps = min(tuned.bound_steps, 60 + tuned.bound_cells // bins.cells)
        bound = compiled(tighten)(
            price, bins.cost, bins.weight, bins.capacity, self.cost, enough, steps,
            20, 0.6, 0.5, table,
        )  # fmt: skip
        self.work += (steps + 1) * bins.cells // 8
        if bound > self._proven:
            self._proven, self.price = int(bound), price
        self.bound = max(self.bound, self._proven)

    def round(self, ends: float) -> None:
        """Search and ask, each for its share of work, in so many threads.

        Questions are left at the time `ends` of the monotonic clock.
        """
        if not self.rounds or self.cost - self.bound < self._halfway:
            self.tighten()
            self._halfway = (self.cost - self.bound) // 2
        if self.closed():
            return
        self.rounds += 1
        tuned = self.parameters
        least, most = self._cheapest(), self.cost // self.bins.unit - 1
        dives = [(self._dives[0].question(self, least, most), tuned.dive_work)]
        climbs = most == least or self.rounds % 2 or not self._is_long()
        if not climbs:
            second = self._dives[1].question(self, least, most)
            dives.append((second, 2 * tuned.dive_work))
        before = sum(question.work for question, _ in dives)

        def late() -> bool:
            return time.monotonic() > ends

        with ThreadPoolExecutor(self.workers) as pool:
            climb = pool.submit(self._climb, least, most if climbs else least - 1, late)
            answers = [pool.submit(each.ask, work, late) for each, work in dives]
            leg = pool.submit(self._leg, self.rounds % tuned.islands)
            for answer in answers:
                answer.result()
            candidates = [leg.result()]
            self.work += tuned.leg_work + climb.result() - before
        self.work += sum(question.work for question, _ in dives)
        if self._asked is not None:
            # Whatever is cheaper than the question at the bound has been ruled out.
            self.bound = max(self.bound, self._asked.most * self.bins.unit)
            dives.append((self._asked, 0))
        for question, _ in dives:
            if question.assigned is not None:
                candidates.append(question.assigned)
            elif question.closed:
                self.bound = max(self.bound, (question.most + 1) * self.bins.unit)
        self.assigned = min([self.assigned, *candidates], key=self._cost_of)

    def _climb(self, least: int, most: int, late: Callable[[], bool]) -> int:
        """Ask at the bound, one higher where the answer is no, and so on; return the
        work that took. It touches nothing but the question at the bound.
        """
        spent = 0
        while spent < self.parameters.climb_work and least <= most and not late():
            asked = self._asked
            if asked is None or asked.closed or asked.most < least:
                asked = self._asked = DecisionSearch(
                    self.bins, self.price, least, parameters=self.parameters
                )
            before = asked.work
            asked.ask(self.parameters.climb_work - spent, late)
            spent += asked.work - before
            if not asked.closed or asked.assigned is not None:
                break
            least = asked.most + 1
        return spent

    def _is_long(self) -> bool:
        return self._asked is not None and self._asked.work > self.parameters.long_work

    def _cheapest(self) -> int:
        """Return the least that an assignment may cost, in whole units."""
        return -(-self.bound // self.bins.unit)

    @property
    def units(self) -> int:
        """The work done, in rounds, about as long as a unit of CP-SAT's time."""
        tuned = self.parameters
        return self.work // (tuned.leg_work + tuned.dive_work + tuned.climb_work)

    def _leg(self, island: int, work: int | None = None) -> IntArray:
        """Walk one leg of an island; return the best assignment that it passed."""
        bins, best, tuned = self.bins, self.assigned.copy(), self.parameters
        turn = self.rounds * tuned.islands + island
        seed = (self.seed * 1_000_003 + turn) % 2**31
        heat = tuned.heats[self.rounds // tuned.islands % len(tuned.heats)]
        here = best.copy() if heat == 0 else self._here.get(island, best.copy())
        lost = max(self.cost - self.bound, bins.unit) if self.bound > NEVER else 0
        compiled(search_packings)(
            seed, self.price, bins.cost, bins.weight, bins.capacity, here, best,
            bins.unit, heat * lost / bins.num_bins, tuned.fewest_bins, tuned.most_bins,
            work or tuned.leg_work, tuned.packed_steps, tuned.packed_sets,
            tuned.packed_looks,
        )  # fmt: skip
        self._here[island] = here
        return best

    def _cost_of(self, assigned: IntArray) -> int:
        return int(self.bins.cost[assigned, np.arange(self.bins.num_jobs)].sum())

    @property
    def _size(self) -> int:
        return int(self.bins.capacity.max()) + 1
