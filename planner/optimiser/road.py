"""The road of a single-tier problem: prices, core, plan, proof.

Each phase hands the next a better bound or a better plan, and each can be the last:
whatever stops the run, the best plan and the best prices so far are there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.optimiser import cpsat
from planner.optimiser.bins import as_bins
from planner.optimiser.bound import Prices as Claimed
from planner.optimiser.check import verified_bound
from planner.optimiser.cohorts import (
    Decision,
    decide,
    follow,
    undecided,
)
from planner.optimiser.core import CoreOutcome, losses, solve_core
from planner.optimiser.cpsat import Answer, Effort
from planner.optimiser.exact import Verdict, packs, prove, useful
from planner.optimiser.flat import Model, flatten
from planner.optimiser.formulation import Formulation, Held, formulate
from planner.optimiser.greedy import round_prices
from planner.optimiser.incumbent import Incumbent, OnPlan
from planner.optimiser.plan import Plan
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
from planner.optimiser.whole import POLL, RACED, Race, agreed, worth

SMALL = 4_000
"""Options up to which the linear program of all of them needs no prices to start."""

TINY, QUICK = 150, 0.3
"""Options up to which so many seconds often settle a problem without new processes."""

FIRST_SWEEPS, SWEEPS = 40, 260

CORE_AGENTS = 200_000
"""Agents up to which the core is solved as one linear program."""

PROVABLE, POLISHING = 6_000, 0.6
"""Where so few options are open, a proof is tried; a better plan gets this share of the
time before."""

REFUTING = 10.0
"""Seconds to look for a proof that there is no plan."""

CORE_SHARE = 0.12

QUICKLY, LIGHT = 0.06, 800_000
"""Share of the time left that a linear program may take if more are to be solved, or
the uses it may have where only work counts."""

UNITS = 20_000_000
"""Units of work, uses looked at, to one unit of CP-SAT's deterministic time."""

RACING = 0.9
"""Share of the time left for that; some is kept to settle what it leaves open."""

BEFORE_RACING = 0.3
"""Share of the time for polishing first, where the solvers come after it."""

BESIDE = 2.0
"""Seconds of polishing between two looks at the solvers."""

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

    `branches` says whether branch and cut may have the whole of a small problem.
    `model` is the problem, and its prices are the bound. `plan_model` is the same once
    it is decided which cohorts run, with the prices that lead to a plan.
    """

    def __init__(
        self,
        problem: Problem,
        watch: Watch,
        on_plan: OnPlan | None = None,
        held: Sequence[Held] = (),
        *,
        branches: bool = True,
    ) -> None:
        self.branches = branches
        self.problem, self.watch, self.held = problem, watch, tuple(held)
        self.model = self.plan_model = flatten(problem)
        self.descent = self.plan_descent = Descent(np.zeros(len(self.model.rows)))
        self.best = Incumbent(watch, on_plan, self.keeps_levels if held else None)
        self.unit = worth_of_a_choice(self.model)
        self.small = self.model.num_options <= SMALL
        self.core: CoreOutcome | None = None
        self.core_seconds = 0.0

    def walk(self, start: IntArray | None = None) -> Outcome:
        """Return the best plan and prices found."""
        return self.begin(start) or self.finish()

    def begin(self, start: IntArray | None = None) -> Outcome | None:
        """Take the first steps; return the outcome where that is all there is to do."""
        self.start_from(start)
        for step in (self.first_prices, self.first_plan):
            if self.done():
                return self.outcome()
            step()
        if self.refuted():
            return replace(self.outcome(), verdict=Verdict.INFEASIBLE, proven=True)
        return None

    def finish(self) -> Outcome:
        """Take the steps that are left."""
        if self.small and self.races() and not self.done():
            outcome = self.settle()
            if outcome.proven or self.done():
                return outcome
            return self.prove(outcome, self.watch.seconds_left())
        for step in self.steps():
            if self.done():
                return self.outcome()
            step()
            if step == self.first_plan and self.refuted():
                return replace(self.outcome(), verdict=Verdict.INFEASIBLE, proven=True)
        outcome = self.outcome()
        if self.races() and not outcome.proven and not self.done():
            with self.new_race() as race:
                outcome = self.race(outcome, race)
        return (
            outcome
            if outcome.proven or self.done()
            else self.prove(outcome, self.watch.seconds_left())
        )

    def steps(self) -> list[Callable[[], None]]:
        """Return what is done then, before branch and cut: the less the smaller."""
        steps: list[Callable[[], None]] = []
        if not self.small:
            steps += [self.more_prices, self.first_core]
            steps += [self.decide_cohorts, self.first_plan]
        steps += [self.solve_core]
        if not packs(self.problem):
            steps += [self.polish]
        return steps

    def races(self) -> bool:
        """Whether the whole problem is left to branch and cut, against the clock."""
        return (
            self.branches
            and self.watch.limits.work is None
            and self.model.num_options <= RACED
            and (bool(self.held) or as_bins(self.problem) is None)
        )

    def settle(self) -> Outcome:
        """Bring a small problem to its end: exact prices, and two solvers beside."""
        if self.model.num_options <= TINY:
            self.solve_core()
            outcome = self.outcome()
            if not (outcome.proven or self.done()):
                seconds = min(QUICK, self.watch.seconds_left())
                outcome = self.prove(outcome, seconds)
            if outcome.proven or self.done():
                return outcome
        with self.new_race() as race:
            self.solve_core()
            outcome = self.outcome()
            if outcome.proven or self.done():
                return outcome
            return self.race(outcome, race)

    def new_race(self) -> Race:
        limits = self.watch.limits
        return Race(seed=limits.seed, workers=limits.workers)

    def race(self, outcome: Outcome, race: Race) -> Outcome:
        """Let two solvers work on the whole problem, and polish meanwhile."""
        keep, settled = useful(self.problem, outcome.prices, self.best.objective)
        if keep is None:
            return replace(outcome, verdict=Verdict.OPTIMAL, proven=True)
        program = formulate(self.problem, keep, settled, None, self.held)
        race.begin(
            program,
            seconds=RACING * self.watch.seconds_left(),
            start=None if self.best.choice is None else self.marked(program),
        )
        if not self.small and not self.held:
            self.polish_beside(race, program)
        with self.watch.during("branch and cut"):
            confirmed = self.follow(race, program, outcome.prices)
        return self.judge(outcome, race, program, confirmed=confirmed)

    def follow(self, race: Race, program: Formulation, prices: Prices) -> bool:
        """Wait for the solvers; tell whether CP-SAT has confirmed the first of them.

        It is asked for a plan better than the best as soon as a core is free.
        """

        def over() -> bool:
            self.look(race, program)
            return race.over() or self.done()

        while not over():
            first = race.first()
            if first is not None and self.watch.limits.workers > 1:
                return self.confirmed(first, program, prices, over)
            time.sleep(POLL)
        return False

    def confirmed(
        self,
        first: Answer,
        program: Formulation,
        prices: Prices,
        over: Callable[[], bool],
    ) -> bool:
        """Whether CP-SAT finds nothing better than the best either."""
        best, found = self.best.objective, worth(program, first)
        if found is not None and (best is None or found > best):
            return False
        wanted = None if best is None else best + 1
        keep, settled = useful(self.problem, prices, wanted)
        if keep is None:
            return True
        asked = formulate(self.problem, keep, settled, wanted, self.held)
        limits = self.watch.limits
        effort = Effort(
            self.watch.seconds_left(), workers=limits.workers - 1, seed=limits.seed
        )
        answer = cpsat.solve(asked, effort, stop=over)
        if answer.y is not None and asked.holds(answer.y):
            self.better(self.chosen(asked, answer.y))
        while answer.y is not None and not over():
            time.sleep(POLL)
        return answer.closed and answer.y is None

    def look(self, race: Race, program: Formulation) -> None:
        """Take the plans that the solvers have found since the last look."""
        for answer in race.look():
            if answer.y is not None:
                self.better(self.chosen(program, answer.y))

    def marked(self, program: Formulation) -> IntArray:
        """Return the best plan in the options of a program, as far as they have it."""
        assert self.best.choice is not None
        y: IntArray = np.isin(program.option, self.best.choice).astype(np.int64)
        return y

    def polish_beside(self, race: Race, program: Formulation) -> None:
        """Improve the plan until the solvers have something to say."""
        model, watch = self.plan_model, self.watch
        if self.best.choice is None:
            return
        with watch.during("polish"), Sweeper(model, watch.limits.workers) as sweep:
            reduced = sweep.reduced(self.plan_descent.price)
            polisher = Polisher(model, reduced, self.best, watch)
            while not race.over() and not self.done():
                before = self.best.objective
                polisher(self.descent.bound, BESIDE)
                self.look(race, program)
                if self.best.objective == before:
                    return

    def chosen(self, program: Formulation, y: IntArray) -> IntArray:
        """Return the choice that a solution of the program makes."""
        chosen = program.option[y[: len(program.option)] > 0]
        choice = np.full(self.problem.num_agents, -1, dtype=np.int64)
        choice[self.problem.option_agent[chosen]] = chosen
        return choice

    def judge(
        self, outcome: Outcome, race: Race, program: Formulation, *, confirmed: bool
    ) -> Outcome:
        """Say what the solvers' answers amount to; two of them have to say so.

        Which of them answers first is chance. So where both have finished it is the
        plan of the first in the list that counts, unless one as good was there before.
        """
        answers = list(race.answers.values())
        best = self.best.objective
        found = [worth(program, answer) for answer in answers]
        bounds = [
            value if answer.closed else answer.bound
            for answer, value in zip(answers, found, strict=True)
        ]
        known = [bound for bound in bounds if bound is not None]
        if best is not None and known:
            outcome = replace(outcome, bound=float(max(min(known), best)))
        outcome = replace(outcome, choice=self.best.choice)
        if not confirmed and not agreed(race.answers, program):
            self.watch.clocked = True
            return outcome
        if best is None:
            verdict = Verdict.OPEN if self.held else Verdict.INFEASIBLE
            return replace(outcome, verdict=verdict, proven=not self.held)
        # What was left out of the program is in no better plan than the best.
        if any(value is not None and value > best for value in found):
            return outcome
        return replace(outcome, verdict=Verdict.OPTIMAL, proven=True, bound=float(best))

    def keeps_levels(self, choice: IntArray) -> bool:
        """Whether a choice keeps the levels of the tiers before."""
        chosen = choice[choice >= 0]
        paid = Plan.of(self.problem, choice).soft_paid
        for level in self.held:
            value = int(level.value[chosen].sum())
            if level.soft_scale is not None:
                value -= paid // level.soft_scale
            if value < level.level:
                return False
        return True

    def done(self) -> bool:
        return self.watch.report(bound=self.descent.bound) or self.best.within(
            self.descent.bound, self.watch.limits.gap
        )

    def start_from(self, start: IntArray | None) -> None:
        """Take the caller's plan, so that no result is worse; nothing is a plan too."""
        self.best.offer(self.model, np.full(self.problem.num_agents, -1))
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

    def first_core(self) -> None:
        """Solve the linear program before anything is decided, for the bound."""
        if self.model.num_agents > CORE_AGENTS:
            return
        began = self.watch.seconds
        self.core = self.core_of(self.model, self.descent)
        self.core_seconds = self.watch.seconds - began
        if self.core is not None:
            self.descent = self.plan_descent = self.core.descent
            self.round(self.core)

    def decide_cohorts(self) -> None:
        """Settle which cohorts run, and find the prices if just these do."""
        if not undecided(self.model).any():
            return
        model, watch = self.model, self.watch
        with watch.during("cohorts"):
            decision: Decision | None = None
            if self.core is not None and self.core.exact:
                decision = follow(model, self.core, self.unit, watch)
            if decision is None or self.quickly():
                exactly = decision is not None
                bids = decide(model, self.descent, self.unit, watch, exactly=exactly)
                if decision is None or bids.beats(decision):
                    decision = bids
        self.plan_model, self.plan_descent = decision.model, decision.descent
        self.core = decision.core

    def quickly(self) -> bool:
        """Whether the linear program takes so little that many can be solved."""
        if self.watch.limits.work is not None:
            return self.model.num_uses <= LIGHT
        return self.core_seconds < QUICKLY * self.watch.seconds_left()

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
        """Solve the linear program of the plan, if that is not done yet, and round."""
        if self.model.num_agents > CORE_AGENTS:
            return
        core = self.core
        if core is None or not core.exact:
            core = self.core_of(self.plan_model, self.plan_descent)
        if core is None:
            return
        self.plan_descent = core.descent
        self.try_bound(core.descent.price)
        self.round(core)

    def round(self, core: CoreOutcome) -> None:
        """Make a plan of what a linear program chooses."""
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
        if self.races():
            share = BEFORE_RACING
        with watch.during("polish"), Sweeper(model, watch.limits.workers) as sweep:
            reduced = sweep.reduced(self.plan_descent.price)
            polisher = Polisher(model, reduced, self.best, watch)
            polisher(self.descent.bound, watch.part(share))

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
        if self.closed_by(prices):
            best = float(self.best.objective or 0)
            return Outcome(self.best.choice, prices, Verdict.OPTIMAL, True, best)
        return Outcome(self.best.choice, prices, Verdict.OPEN, False, None)

    def closed_by(self, prices: Prices) -> bool:
        """Whether the prices alone prove the plan optimal, in exact arithmetic."""
        best = self.best.objective
        if best is None or not self.best.within(prices.bound, 0.0):
            return False
        claimed = Claimed(
            price=prices.price,
            supply_price=prices.supply_price,
            tier_price=np.zeros(0),
        )
        return bool(np.floor(verified_bound(self.problem, claimed)) <= best)

    def prove(self, outcome: Outcome, seconds: float) -> Outcome:
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
                    seconds=max(0.01, seconds),
                    work=self.solver_work(),
                ),
                stop=watch.report,
                on_plan=self.better,
                held=self.held,
            )
        watch.work += found.work * UNITS
        if found.choice is not None:
            self.better(found.choice)
        return replace(
            outcome,
            choice=self.best.choice,
            verdict=found.verdict,
            proven=found.proven,
            bound=found.bound,
        )

    def solver_work(self) -> int | None:
        """Return the work that is left, in the units of CP-SAT: about a second each."""
        left = self.watch.work_left()
        return None if left is None else max(1, left // UNITS)

    def better(self, choice: IntArray) -> None:
        """Take a plan in the options of the problem."""
        self.best.offer(self.model, choice)
