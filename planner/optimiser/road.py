"""The road of a single-tier problem: prices, core, plan, proof.

Each phase hands the next a better bound or a better plan, and each can be the last:
whatever stops the run, the best plan and the best prices so far are there.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser.cohorts import decide, undecided
from planner.optimiser.core import CoreOutcome, losses, solve_core
from planner.optimiser.exact import Verdict, prove, useful
from planner.optimiser.flat import Model, flatten
from planner.optimiser.greedy import round_prices
from planner.optimiser.incumbent import Incumbent, OnPlan
from planner.optimiser.polish import Polisher
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

CORE_AGENTS = 200_000
"""Agents up to which the core is solved as one linear program."""

PROVABLE, POLISHING = 6_000, 0.6
"""Where so few options are open, a proof is tried; a better plan gets this share of the
time before."""

REFUTING = 10.0
"""Seconds to look for a proof that there is no plan."""

CORE_SHARE = 0.12
CORE_TWICE = 50_000
"""Options up to which the program is solved for the bound as well as for the plan."""

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
    """One walk from a problem to a plan, within what the watch allows.

    `model` is the problem, and its prices are the bound. `plan_model` is the same once
    it is decided which cohorts run, with the prices that lead to a plan.
    """

    def __init__(
        self, problem: Problem, watch: Watch, on_plan: OnPlan | None = None
    ) -> None:
        self.problem, self.watch = problem, watch
        self.model = self.plan_model = flatten(problem)
        self.descent = self.plan_descent = Descent(np.zeros(len(self.model.rows)))
        self.best = Incumbent(watch, on_plan)
        self.unit = worth_of_a_choice(self.model)
        self.small = self.model.num_options <= SMALL

    def walk(self, start: IntArray | None = None) -> Outcome:
        """Return the best plan and prices found."""
        self.start_from(start)
        steps = [self.first_prices, self.first_plan]
        if not self.small:
            steps += [self.more_prices, self.decide_cohorts, self.first_plan]
        steps += [self.solve_core, self.polish]
        for step in steps:
            if self.done():
                return self.outcome()
            step()
            if step == self.first_plan and self.refuted():
                return replace(self.outcome(), verdict=Verdict.INFEASIBLE, proven=True)
        outcome = self.outcome()
        return outcome if self.done() else self.prove(outcome)

    def done(self) -> bool:
        return self.watch.report(bound=self.descent.bound) or self.best.within(
            self.descent.bound, self.watch.limits.gap
        )

    def start_from(self, start: IntArray | None) -> None:
        """Take the caller's plan, so that no result is worse."""
        if start is not None:
            self.best.offer(self.model, np.asarray(start, dtype=np.int64))

    def first_prices(self) -> None:
        """Descend far enough for a first plan; a small problem has its program."""
        self.descend(1 if self.small else FIRST_SWEEPS)

    def more_prices(self) -> None:
        self.descend(SWEEPS)

    def descend(self, sweeps: int) -> None:
        """Find better prices, from the best so far."""
        model, watch = self.model, self.watch
        start = self.descent.price if self.descent.sweeps else None
        with watch.during("prices"), Sweeper(model, watch.limits.workers) as sweep:
            found = find_prices(model, sweep, watch, sweeps=sweeps, start=start)
        if found.bound < self.descent.bound:
            self.descent = self.plan_descent = found

    def decide_cohorts(self) -> None:
        """Settle which cohorts run, and find the prices if just these do."""
        if not undecided(self.model).any():
            return
        with self.watch.during("cohorts"):
            decision = decide(self.model, self.descent, self.unit, self.watch)
        self.plan_model, self.plan_descent = decision.model, decision.descent

    def first_plan(self) -> None:
        """Round the prices to a plan, made feasible where that is needed."""
        model, watch = self.plan_model, self.watch
        with watch.during("greedy"), Sweeper(model, watch.limits.workers) as sweep:
            reduced = sweep.reduced(self.plan_descent.price)
            self.try_choice(round_prices(model, reduced), reduced)

    def refuted(self) -> bool:
        """Tell whether prices prove that there is no plan, where none is found."""
        if self.best.choice is not None or self.watch():
            return False
        from planner.optimiser.conflict import refute  # a slow import

        with self.watch.during("refute"):
            seconds = min(REFUTING, self.watch.seconds_left())
            return refute(self.problem, seconds=seconds) is not None

    def try_choice(self, choice: IntArray, reduced: FloatArray) -> None:
        """Offer a choice, after repair."""
        repair = Repairer(self.plan_model, reduced, self.unit)
        self.best.offer(self.model, repair(choice, self.watch))

    def solve_core(self) -> None:
        """Solve the linear program on the core, for the bound and for the plan."""
        if self.model.num_agents > CORE_AGENTS:
            return
        same = self.plan_model is self.model
        if not same and self.model.num_options <= CORE_TWICE:
            core = self.core_of(self.model, self.descent)
            self.descent = core.descent if core else self.descent
        core = self.core_of(self.plan_model, self.plan_descent)
        if core is None:
            return
        self.plan_descent = core.descent
        self.try_bound(core.descent.price)
        model, watch = self.plan_model, self.watch
        with watch.during("round"), Sweeper(model, watch.limits.workers) as sweep:
            self.try_choice(core.choice, sweep.reduced(core.descent.price))

    def try_bound(self, price: FloatArray) -> None:
        """Take the prices of the plan for the bound, where they prove more."""
        model, watch = self.model, self.watch
        running = self.plan_model.rows.upper > 0
        price = model.rows.clip(np.where(running, price, self.descent.price))
        with Sweeper(model, watch.limits.workers) as sweep:
            bound, _ = sweep(price)
        if bound < self.descent.bound:
            self.descent = Descent(price, bound, self.descent.sweeps)

    def core_of(self, model: Model, descent: Descent) -> CoreOutcome | None:
        watch = self.watch
        with watch.during("core"), Sweeper(model, watch.limits.workers) as sweep:
            return solve_core(model, sweep, descent, watch, share=CORE_SHARE)

    def polish(self) -> None:
        """Let the undecided choose again; leave time for a proof where one is near."""
        if self.best.choice is None:
            return
        model, watch = self.plan_model, self.watch
        share = POLISHING if self.open_options() <= PROVABLE else 1.0
        with watch.during("polish"), Sweeper(model, watch.limits.workers) as sweep:
            reduced = sweep.reduced(self.plan_descent.price)
            polisher = Polisher(model, reduced, self.best, watch)
            polisher(self.descent.bound, share * watch.seconds_left())

    def open_options(self) -> int:
        """Return how many options a plan better than the best could have."""
        assert self.best.objective is not None
        room = self.descent.bound - self.best.objective
        with Sweeper(self.model, self.watch.limits.workers) as sweep:
            loss, _ = losses(self.model, sweep.reduced(self.descent.price))
        return int((loss <= room).sum())

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
