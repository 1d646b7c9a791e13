"""The road of a single-tier problem: prices, core, plan, proof.

Each phase hands the next a better bound or a better plan, and each can be the last:
whatever stops the run, the best plan and the best prices so far are there.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.core import solve_core
from planner.optimiser.exact import Verdict, prove, useful
from planner.optimiser.flat import Model, flatten
from planner.optimiser.greedy import round_prices
from planner.optimiser.incumbent import Incumbent, OnPlan
from planner.optimiser.prices import (
    Descent,
    Prices,
    Sweeper,
    find_prices,
    worth_of_a_choice,
)
from planner.optimiser.problem import FloatArray, IntArray, Problem
from planner.optimiser.repair import Repairer
from planner.optimiser.watch import Watch

SMALL = 4_000
"""Options up to which the linear program of all of them needs no prices to start."""

FIRST_SWEEPS, SWEEPS = 40, 260

CORE_AGENTS = 30_000
"""Agents up to which the core is solved as one linear program."""

EXACT_OPTIONS = 60_000
"""Options that may be left for branch and bound to pay."""


@dataclass(frozen=True)
class Outcome:
    """What the road found; `bound` and `proven` as in `ExactOutcome`."""

    choice: IntArray | None
    prices: Prices
    verdict: Verdict
    proven: bool
    bound: float | None


class Road:
    """One walk from a problem to a plan, within what the watch allows."""

    def __init__(
        self, problem: Problem, watch: Watch, on_plan: OnPlan | None = None
    ) -> None:
        self.problem, self.watch = problem, watch
        self.model: Model = flatten(problem)
        self.best = Incumbent(watch, on_plan)
        self.descent = Descent(np.zeros(len(self.model.rows)))
        self.unit = worth_of_a_choice(self.model)

    def walk(self, start: IntArray | None = None) -> Outcome:
        """Return the best plan and prices found."""
        model, watch = self.model, self.watch
        with Sweeper(model, watch.limits.workers) as sweep:
            self.start_from(start)
            self.find_prices(sweep)
            if not self.done():
                self.solve_core(sweep)
        outcome = self.outcome()
        if self.done():
            return outcome
        return self.prove(outcome)

    def done(self) -> bool:
        return self.watch() or self.best.within(
            self.descent.bound, self.watch.limits.gap
        )

    def start_from(self, start: IntArray | None) -> None:
        """Take the caller's plan, so that no result is worse."""
        if start is not None:
            self.best.offer(self.model, np.asarray(start, dtype=np.int64))

    def find_prices(self, sweep: Sweeper) -> None:
        """Descend to good prices, with a first plan early on the way."""
        with self.watch.during("prices"):
            few = FIRST_SWEEPS if self.model.num_options > SMALL else 1
            self.descend(sweep, few)
        with self.watch.during("greedy"):
            self.try_prices(sweep)
        if self.model.num_options > SMALL and not self.done():
            with self.watch.during("prices"):
                self.descend(sweep, SWEEPS)
            with self.watch.during("greedy"):
                self.try_prices(sweep)

    def descend(self, sweep: Sweeper, sweeps: int) -> None:
        start = self.descent.price if self.descent.sweeps else None
        found = find_prices(self.model, sweep, self.watch, sweeps=sweeps, start=start)
        if found.bound < self.descent.bound:
            self.descent = found

    def try_prices(self, sweep: Sweeper) -> None:
        """Round the prices to a plan, made feasible where that is needed."""
        reduced = sweep.reduced(self.descent.price)
        self.try_choice(round_prices(self.model, reduced), reduced)

    def try_choice(self, choice: IntArray, reduced: FloatArray) -> None:
        repair = Repairer(self.model, reduced, self.unit)
        self.best.offer(self.model, repair(choice, self.watch))

    def solve_core(self, sweep: Sweeper) -> None:
        """Solve the linear program on the core, and round its plan."""
        model, watch = self.model, self.watch
        if model.num_agents > CORE_AGENTS:
            return
        with watch.during("core"):
            target = max(SMALL, 2 * model.num_agents)
            core = solve_core(model, sweep, self.descent, watch, target=target)
        if core is None:
            return
        self.descent = core.descent
        with watch.during("round"):
            self.try_choice(core.choice, sweep.reduced(self.descent.price))

    def outcome(self) -> Outcome:
        price, supply_price = self.model.prices(self.descent.price)
        prices = Prices(price, supply_price, self.descent.bound)
        return Outcome(self.best.choice, prices, Verdict.OPEN, False, None)

    def prove(self, outcome: Outcome) -> Outcome:
        """Hand what the prices leave open to branch and bound, if it is little."""
        watch = self.watch
        with watch.during("exact"):
            keep, _ = useful(self.problem, outcome.prices, self.best.objective)
            if keep is not None and keep.sum() > EXACT_OPTIONS:
                return outcome
            found = prove(
                self.problem,
                self.best.choice,
                outcome.prices,
                limits=replace(
                    watch.limits,
                    seconds=max(0.01, watch.seconds_left()),
                    work=watch.work_left(),
                ),
                stop=watch.report,
                on_plan=self.better,
            )
        if found.choice is not None:
            self.better(found.choice)
        return replace(
            outcome,
            choice=self.best.choice,
            verdict=found.verdict,
            proven=found.proven,
            bound=found.bound,
        )

    def better(self, choice: IntArray) -> None:
        """Take a plan in the options of the problem."""
        self.best.offer(self.model, choice)
