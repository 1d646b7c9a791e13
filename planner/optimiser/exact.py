"""Prove a plan optimal, or find a better one, or prove that there is none.

Prices do most of the work. With the bound B they prove and a plan of value V, an
option with loss l (its reduced value is l below the best of its agent) is in no plan
better than B - l. So where B - l < V + 1 the option is in no better plan, and is left
out; what is left is a small integer program for a branch and bound solver.

A solver's word alone is not believed: OR-Tools 9.15 is known to have called a plan
optimal that was not. `proven` is true when the prices alone prove it, or when a second
method has come to the same end on the same question.
"""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from planner.optimiser import cpsat, mip
from planner.optimiser.bins import Bins, as_bins
from planner.optimiser.cpsat import Answer, Effort, Stop
from planner.optimiser.formulation import Formulation, Held, formulate
from planner.optimiser.limits import Limits
from planner.optimiser.partition import MOST_COLUMNS, partition
from planner.optimiser.plan import NOTHING, Plan
from planner.optimiser.problem import BoolArray, FloatArray, IntArray, Problem
from planner.optimiser.repack import Packing, warm_up

if TYPE_CHECKING:
    from planner.optimiser.prices import Prices

UNINTERRUPTIBLE = 4.0
"""Seconds at a time for a solver that cannot be stopped."""

PACK_FROM, PACK_CELLS = 400, 50_000_000
"""Options from which a problem of nothing but bins is worth its own search, and cells
of knapsack tables up to which it can be had."""

GLANCE = 0.03
"""Share of the time in which a solver may settle such a problem straight away."""

SLICE = 4.0
"""Seconds that a solver gets at least to answer one question about bins."""

ROUNDING = 1e-6
"""Room for the rounding of bounds that are floats."""

ROUNDS = 4
"""How often a second method may overturn the first before both are given up."""


class Verdict(Enum):
    """How the question `is there a better plan?` ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    OPEN = "open"


@dataclass(frozen=True)
class ExactOutcome:
    """What an exact search found.

    Attributes
    ----------
    verdict
        What is claimed; `OPEN` when the search ended before it knew.
    choice
        The best choice known, the given one included; None when there is none.
    bound
        No plan has a larger objective, as far as branch and bound can be believed.
    proven
        The prices or a second method agree with the verdict.
    """

    verdict: Verdict
    choice: IntArray | None
    bound: float | None
    proven: bool


def prove(
    problem: Problem,
    choice: IntArray | None,
    prices: "Prices | None",
    *,
    limits: Limits,
    stop: Stop | None = None,
    on_plan: Callable[[IntArray], None] | None = None,
    held: Sequence[Held] = (),
) -> ExactOutcome:
    """Search a single-tier problem for the best plan, and for the proof that it is.

    `choice` is a feasible choice to beat, or None. `on_plan` sees each better one.
    `held` are levels that every plan has to keep.
    """
    search = _Search(problem, choice, prices, limits, stop, on_plan, tuple(held))
    bins = None if held else packs(problem)
    if bins is None:
        return search.settle(limits.seconds)
    kernels = warm_up()
    outcome = search.settle(GLANCE * limits.seconds)
    if not outcome.proven and search.choice is None:
        outcome = search.settle(limits.seconds)
    while kernels.is_alive() and not outcome.proven and not search.over():
        outcome = search.settle(SLICE)
    if outcome.proven or kernels.is_alive() or search.choice is None:
        return outcome
    return search.pack(bins)


def packs(problem: Problem) -> Bins | None:
    """Return the bins of a problem that has a search of its own here, or None."""
    bins = as_bins(problem) if problem.num_options >= PACK_FROM else None
    return bins if bins is not None and bins.cells <= PACK_CELLS else None


class _Search:
    """The best choice so far, and the methods that try to beat it."""

    def __init__(
        self,
        problem: Problem,
        choice: IntArray | None,
        prices: "Prices | None",
        limits: Limits,
        stop: Stop | None,
        on_plan: Callable[[IntArray], None] | None,
        held: tuple[Held, ...],
    ) -> None:
        self.held = held
        self.problem, self.prices, self.limits = problem, prices, limits
        self.stop, self.on_plan = stop, on_plan
        self.ends = self.until = time.monotonic() + limits.seconds
        self.possible: BoolArray | None = None
        self.sets: Formulation | None = None
        self.by_sets = False
        self.choice = choice
        self.value = None if choice is None else Plan.of(problem, choice).objective
        self.bound = None if prices is None else float(prices.bound)

    def settle(self, seconds: float) -> ExactOutcome:
        """Ask one method until it is done, then another, within these seconds."""
        self.until = min(self.ends, time.monotonic() + seconds)
        for _ in range(ROUNDS):
            first = self.ask(self.first_method)
            if not first.closed:
                break
            confirmed = self.confirm()
            if confirmed is not None:
                return confirmed
        return self.outcome(Verdict.OPEN, proven=False)

    def confirm(self) -> ExactOutcome | None:
        """Ask the second method for a better plan; None if it knows one."""
        second = self.ask(self.second_method)
        if second.y is not None:
            return None
        return self.outcome(self.verdict, proven=second.closed)

    def pack(self, bins: Bins) -> ExactOutcome:
        """Search from above and ask from below until they meet.

        From above bins are packed again and again. From below a solver is asked for a
        plan as good as the bound, which leaves few options open; if there is none the
        bound moves by one. Both get more time in every round.
        """
        packing = Packing(
            bins,
            bins.assigned(self.problem, self.best()),
            bins.job_prices(self.price()),
            seed=self.limits.seed,
            workers=self.limits.workers,
        )
        legs = 2
        while not self.over():
            packing.tighten()
            began = time.monotonic()
            packing.search(legs, self.over)
            self.offer(bins.choice(packing.assigned))
            self.learn(-packing.bound / bins.unit)
            if packing.closed():
                return self.outcome(Verdict.OPTIMAL, proven=True)
            if self.over():
                break
            outcome = self.climb(packing, max(SLICE, time.monotonic() - began))
            if outcome.proven:
                return outcome
            packing.assigned = bins.assigned(self.problem, self.best())
            legs += legs // 2 + 1
        return self.outcome(Verdict.OPEN, proven=False)

    def climb(self, packing: Packing, seconds: float) -> ExactOutcome:
        """Ask for a plan as good as the bound, and lower the bound where none is."""
        self.until = min(self.ends, time.monotonic() + seconds)
        while self.best_possible() > self.worth():
            self.narrow(packing, self.best_possible())
            answer = self.ask(self.first_method, self.best_possible())
            if not answer.closed or self.over():
                return self.outcome(Verdict.OPEN, proven=False)
        self.until = self.ends
        self.narrow(packing, self.worth() + 1)
        return self.confirm() or self.outcome(Verdict.OPEN, proven=False)

    def narrow(self, packing: Packing, wanted: int) -> None:
        """Leave out what is in no plan worth `wanted`."""
        self.possible = packing.possible(-wanted, self.problem.num_options)
        sets = packing.sets(-wanted, MOST_COLUMNS)
        self.sets = None if sets is None else partition(packing.bins, sets, wanted)

    def best_possible(self) -> int:
        """Return what no plan is known to beat, as a whole number."""
        assert self.bound is not None
        return math.floor(self.bound + ROUNDING)

    def worth(self) -> int:
        assert self.value is not None
        return self.value

    def price(self) -> FloatArray:
        """Return the prices of the resources, zeros where nothing better is known."""
        nothing = np.zeros(self.problem.num_resources)
        return nothing if self.prices is None else self.prices.price

    def best(self) -> IntArray:
        assert self.choice is not None
        return self.choice

    def over(self) -> bool:
        """Whether the search has to end: no time left, or asked to stop."""
        return self.ends <= time.monotonic() or (self.stop is not None and self.stop())

    def ask(
        self, method: Callable[[Formulation], Answer], wanted: int | None = None
    ) -> Answer:
        """Ask one method for a plan worth `wanted`, or else for any better one.

        The answer that comes back has no `y` if there is nothing of the kind.
        """
        if wanted is None and self.value is not None:
            wanted = self.value + 1
        keep, settled = useful(self.problem, self.prices, wanted)
        if keep is None:
            answer = Answer(None, None, closed=True)
        else:
            if self.possible is not None:
                keep = keep & self.possible
            answer = method(formulate(self.problem, keep, settled, wanted, self.held))
        if not answer.closed:
            self.learn(answer.bound)
        elif answer.y is not None:
            self.learn(self.value)
        elif wanted is not None:
            self.learn(wanted - 1)
        return answer

    def take(self, program: Formulation, y: IntArray) -> bool:
        """Keep a solution that beats the best plan; False if it is not even wanted."""
        if not program.holds(y):
            return False
        chosen = program.chosen(y)
        choice = np.full(self.problem.num_agents, NOTHING, dtype=np.int64)
        choice[self.problem.option_agent[chosen]] = chosen
        value = self.offer(choice)
        return program.at_least is None or value >= program.at_least

    def offer(self, choice: IntArray) -> int:
        """Keep a feasible choice if it is better than the best; return its value."""
        value = Plan.of(self.problem, choice).objective
        if self.value is None or value > self.value:
            self.choice, self.value = choice, value
            if self.on_plan is not None:
                self.on_plan(choice)
        return value

    def learn(self, claimed: float | None) -> None:
        """Lower the bound to what is claimed, but never below the best plan."""
        if claimed is None:
            return
        if self.value is not None:
            claimed = max(claimed, self.value)
        self.bound = claimed if self.bound is None else min(self.bound, claimed)

    def first_method(self, program: Formulation) -> Answer:
        """CP-SAT with everything it has, beside SCIP where whole sets are listed."""
        self.by_sets = False
        if self.sets is None or self.limits.work is not None:
            return self._cpsat(program, plainly=False)
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(mip.solve, self.sets, self._briefly())
            answer = self._cpsat(
                program,
                plainly=False,
                enough=lambda: beside.done() and beside.result().closed,
            )
            if answer.closed:
                return answer
            listed = self._checked(self.sets, beside.result())
            self.by_sets = listed.closed
            return listed if listed.closed else answer

    def second_method(self, program: Formulation) -> Answer:
        """Branch and cut, or CP-SAT in another configuration when that takes long."""
        if self.by_sets:
            return self._cpsat(program, plainly=False)
        if self.limits.work is None:
            for asked in (self.sets, program):
                answer = None if asked is None else self._mip(asked)
                if answer is not None and answer.closed:
                    return answer
        return self._cpsat(program, plainly=True)

    def _mip(self, program: Formulation) -> Answer:
        """Ask SCIP."""
        return self._checked(program, mip.solve(program, self._briefly()))

    def _briefly(self) -> Effort:
        """Return what SCIP may spend at a time: it cannot be stopped."""
        seconds = min(self.seconds_left(), UNINTERRUPTIBLE)
        return Effort(seconds, seed=self.limits.seed)

    def _cpsat(
        self, program: Formulation, *, plainly: bool, enough: Stop | None = None
    ) -> Answer:
        limits = self.limits
        effort = Effort(self.seconds_left(), limits.work, limits.workers, limits.seed)

        def observe(y: IntArray) -> None:
            self.take(program, y)

        def stop() -> bool:
            asked = self.stop is not None and self.stop()
            return asked or (enough is not None and enough())

        answer = cpsat.solve(
            program, effort, stop=stop, plainly=plainly, on_plan=observe
        )
        return self._checked(program, answer)

    def _checked(self, program: Formulation, answer: Answer) -> Answer:
        """Take the plan of an answer; without a plan that holds it says nothing."""
        if answer.y is None or self.take(program, answer.y):
            return answer
        return Answer(None, None, closed=False)

    def seconds_left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    @property
    def verdict(self) -> Verdict:
        return Verdict.INFEASIBLE if self.choice is None else Verdict.OPTIMAL

    def outcome(self, verdict: Verdict, *, proven: bool) -> ExactOutcome:
        return ExactOutcome(verdict, self.choice, self.bound, proven)


def useful(
    problem: Problem, prices: "Prices | None", wanted: int | None
) -> tuple[BoolArray | None, BoolArray | None]:
    """Return (keep bool[o], settled bool[n]): what a plan worth `wanted` can look like.

    `settled` agents get one of their kept options in every such plan. `keep` is None
    when the prices show that there is no such plan.
    """
    every = np.ones(problem.num_options, dtype=bool)
    if prices is None or wanted is None:
        return every, None
    rounding = ROUNDING + 1e-9 * abs(float(prices.bound))
    room = float(prices.bound) - wanted + rounding
    if room < 0:
        return None, None
    reduced, best = reduced_values(problem, prices)
    loss = best[problem.option_agent] - reduced
    return loss <= room, best > room


def reduced_values(problem: Problem, prices: "Prices") -> tuple[FloatArray, FloatArray]:
    """Return each option's value less the price of what it uses, and each agent's best.

    The best is at least 0 for an agent that may go without.
    """
    cost = prices.price[problem.use_resource] * problem.use_amount
    owner = np.repeat(np.arange(problem.num_options), np.diff(problem.use_ptr))
    paid = np.bincount(owner, weights=cost, minlength=problem.num_options)
    reduced = (problem.option_value - paid).astype(np.float64)
    best = np.zeros(problem.num_agents)
    best[problem.agent_must] = -np.inf
    np.maximum.at(best, problem.option_agent, reduced)
    return reduced, best
