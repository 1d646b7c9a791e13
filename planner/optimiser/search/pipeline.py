"""The pipeline of a single-tier problem: which method comes after which.

    subgradient -> regret greedy and repair -> column generation -> cohort opening
    -> rounding -> large neighbourhood search -> branch and cut, or proof by agreement

Each phase hands the next a better bound or a better plan, and each can be the last:
whatever stops the run, the best plan and the best prices so far are there. Small
problems take a shorter way, large ones leave out what their size forbids: see
docs/optimiser/method.md and the parameters of the pipeline.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from planner.optimiser.certificate.check import verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.kernels.dispatch import compiles
from planner.optimiser.mip.mip_model import Focus, Held
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.result import Status
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.cohort_opening import decide, follow
from planner.optimiser.primal.incumbent import Incumbent, OnPlan
from planner.optimiser.primal.large_neighbourhood_search import NeighbourhoodSearch
from planner.optimiser.primal.plain_start import plain_start
from planner.optimiser.primal.regret_greedy import round_prices
from planner.optimiser.primal.repair import Repairer
from planner.optimiser.relaxation.column_generation import (
    MasterSolution,
    generate_columns,
)
from planner.optimiser.relaxation.lagrangian import Lagrangian
from planner.optimiser.relaxation.reduced_cost import losses
from planner.optimiser.relaxation.row_model import (
    RowModel,
    cohort_rows,
    flatten,
    without_floors,
)
from planner.optimiser.relaxation.subgradient import (
    Descent,
    DualSolution,
    Sweeper,
    find_prices,
    worth_of_a_choice,
)
from planner.optimiser.relaxation.ties import tie_weight, tied_share, untied
from planner.optimiser.relaxation.volume import volume
from planner.optimiser.search.exact import settle_exactly
from planner.optimiser.search.lexicographic import focus_with_ties
from planner.optimiser.search.portfolio import raced, settled
from planner.optimiser.search.structure import proof_of_structure


@dataclass(frozen=True)
class Outcome:
    """What the pipeline found; `bound` and `proven` as in `AgreementOutcome`.

    `near` are the prices of its rows, `next_tier` what the tier that decided ties
    added to them.
    """

    choice: IntArray | None
    prices: DualSolution
    status: Status
    proven: bool
    bound: float | None
    near: Descent | None = None
    next_tier: FloatArray | None = None


class Pipeline:
    """One search from a problem to a plan, within what the watch allows.

    `branches` says whether branch and cut may have the whole of a small problem.
    `focus` is what polishing looks at, and `near` are prices to start from.
    `ties` are values that decide between plans that are otherwise as good.
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
        focus: Focus | None = None,
        near: Descent | None = None,
        ties: IntArray | None = None,
    ) -> None:
        self.branches, self.focus, self.near = branches, focus, near
        self.ties, self.tie_weight = ties, 1
        self.problem, self.watch, self.held = problem, watch, tuple(held)
        self.parameters, self.tuned = watch.parameters, watch.parameters.pipeline
        self.model = self.plan_model = flatten(problem, self.parameters.rows)
        self.descent = self.plan_descent = Descent(np.zeros(len(self.model.rows)))
        self.untied_price: FloatArray | None = None
        admits = self.keeps_levels if held else None
        self.best = Incumbent(watch, on_plan, admits, ties)
        self.unit = worth_of_a_choice(self.model)
        self.small = self.model.num_options <= self.tuned.lp_first_options
        self.special = None if held else proof_of_structure(problem, self.parameters)
        self.core: MasterSolution | None = None

    def search(self, start: IntArray | None = None) -> Outcome:
        """Return the best plan and prices found."""
        return self.begin(start) or self.finish()

    def begin(self, start: IntArray | None = None) -> Outcome | None:
        """Take the first steps; return the outcome where that is all there is to do.

        A tier's part of the time may go by in prices (a busy machine, kernels that are
        compiled first): the first plan may take what the run has left.
        """
        self.start_from(start)
        if self.best.is_empty and compiles(self.model.num_uses):
            with self.watch.during("greedy"):
                self.start_from(plain_start(self.model, self.watch))
        steps = [self.first_prices, self.first_plan]
        if self.near is not None and not self.best.is_empty:
            steps = [self.near_prices, self.first_plan]
        elif self.ties is not None and self.ties.any() and self.tied():
            steps = [self.untied]
        for step in steps:
            if self.done():
                break
            step()
        if self.best.is_empty and not self.watch.stopped:
            with self.watch.whole():
                if not self.watch():
                    self.first_plan()
        if self.done():
            return self.outcome()
        if self.refuted():
            return replace(self.outcome(), status=Status.INFEASIBLE, proven=True)
        return None

    def finish(self) -> Outcome:
        """Take the steps that are left; the plan that comes of them is dry."""
        kept = 1 - self.tuned.dry_share
        with self.watch.share(kept), self.watch.work_share(kept):
            outcome = self._steps_left()
        if outcome.proven or not self.dry():
            return outcome
        return replace(outcome, choice=self.best.choice)

    def dry(self) -> bool:
        """Place whoever can simply be placed, switch whoever gains by it alone.

        Those steps have seconds of their own; then every limit has a small program, in
        the time that is kept for that. Tell whether anything was found.
        """
        if self.best.choice is None or self.watch.stopped:
            return False
        before, seconds = self.best.objective, self.watch.limits.seconds
        by_work = self.watch.limits.work is not None
        limits = Limits(seconds=seconds * (1.0 if by_work else self.tuned.dry_share))
        grace = Watch(limits, parameters=self.parameters)
        with self.watch.during("dry"):
            repair = self.repairer(self.model, self.descent, self.unit)
            self.best.offer(self.model, repair.dry(self.best.choice, grace))
            if self.special is None and not self.watch():
                self.polisher.dry(self.descent.bound)
        return self.best.objective != before

    def _steps_left(self) -> Outcome:
        if self.small and self.races() and not self.done():
            outcome = settled(self)
        else:
            outcome = raced(self) if self.races() else self.taken(self.steps())
        if outcome.proven or self.done():
            return outcome
        return settle_exactly(self, outcome, self.watch.seconds_left())

    def taken(self, steps: list[Callable[[], None]]) -> Outcome:
        """Take these steps, one after the other, and return what they came to."""
        for step in steps:
            if self.done():
                break
            step()
            if step == self.decide_cohorts and self.refuted():
                return replace(self.outcome(), status=Status.INFEASIBLE, proven=True)
        return self.outcome()

    def steps(self) -> list[Callable[[], None]]:
        """Return what is done then, before branch and cut: the less the smaller.

        The linear program of what branch and cut can have as a whole takes less than
        more prices would.
        """
        steps: list[Callable[[], None]] = []
        if self.near is not None:
            return [self.polish]
        if self.untied_price is not None:
            exact = self.small and self.model.num_agents <= self.tuned.lp_agents
            return [self.first_core if exact else self.true_prices, self.polish]
        first = [self.more_prices, self.first_core]
        if self.small:
            steps += [self.first_core]
        else:
            steps += reversed(first) if self.races() else first
        steps += [self.decide_cohorts]
        if self.special is None:
            steps += [self.polish]
        return steps

    def races(self) -> bool:
        """Whether the whole problem is left to branch and cut, against the clock."""
        return (
            self.branches
            and self.watch.limits.work is None
            and self.model.num_options <= self.parameters.portfolio.options
            and self.special is None
        )

    def keeps_levels(self, choice: IntArray) -> bool:
        """Whether a choice keeps the levels of the tiers before."""
        return all(
            level.reached(self.problem, choice) >= level.level for level in self.held
        )

    def done(self) -> bool:
        return self.watch.report(bound=self.descent.bound) or self.best.within(
            self.descent.bound, self.watch.limits.gap
        )

    def start_from(self, start: IntArray | None) -> None:
        """Take the caller's plan, so that no result is worse; nothing is a plan too."""
        self.best.offer(self.model, np.full(self.problem.num_agents, -1))
        if start is not None:
            self.best.offer(self.model, np.asarray(start, dtype=np.int64))

    def near_prices(self) -> None:
        """Take the prices that were given: they are those of this very problem."""
        assert self.near is not None
        fees = self.near.fees
        price = self.model.rows.clip(self.near.price, fees)
        with Sweeper(self.model, self.watch.limits.workers) as sweep:
            bound, _ = sweep(price, fees)
        self.descent = self.plan_descent = Descent(price, bound, 1, fees)

    def first_prices(self) -> None:
        """Descend far enough for a first plan; a small problem has its program."""
        self.descend(1 if self.small else self.tuned.first_sweeps)

    def more_prices(self) -> None:
        """Find better prices, unless a linear program has given the best."""
        if self.core is not None and self.core.exact:
            return
        self.descend(self.tuned.sweeps)
        descent = (
            self.by_volume(self.model, whole=True) if self.tied() else self.descent
        )
        if descent.bound < self.descent.bound:
            self.descent = self.plan_descent = descent

    def tied(self) -> bool:
        """Whether most options are as good as the best of their agent."""
        with Sweeper(self.model, self.watch.limits.workers) as sweep:
            reduced = sweep.reduced(self.descent.price, self.descent.fees)
        share = tied_share(self.model, reduced, self.unit)
        return share > self.parameters.volume.tied_share

    def by_volume(
        self, model: RowModel, *, whole: bool, start: FloatArray | None = None
    ) -> Descent:
        watch, tuned = self.watch, self.parameters.volume
        part = watch.part(tuned.time_share if start is None else tuned.true_share)
        with watch.during("prices"), Sweeper(model, watch.limits.workers) as sweep:
            return volume(
                Lagrangian(model, sweep), watch,
                sweeps=tuned.sweeps, seconds=part, start=start, whole=whole,
            )  # fmt: skip

    def true_prices(self) -> None:
        """Bound the plan that was found without ties, from the prices it was found at.

        What decides ties is worth little beside what ties, so these are nearly right.
        """
        assert self.untied_price is not None
        start = self.untied_price / self.tie_weight
        found = self.by_volume(self.model, whole=True, start=start)
        self.descent = min(self.descent, found, key=lambda each: each.bound)

    def untied(self) -> None:
        """Look for a plan at values that do not tie: the next tier decides.

        Where most options are as good as the best, everybody's best says nothing. The
        bound keeps the true values. The program has no cohorts here: repair closes what
        it leaves short, which is sooner done and no worse.
        """
        assert self.ties is not None
        share = self.parameters.lexicographic.tie_share
        self.tie_weight = tie_weight(self.model.value, self.ties, share)
        model = untied(self.model, self.ties, self.tie_weight)
        descent = Descent(model.rows.clip(np.zeros(len(model.rows))))
        if not self.small:
            descent = self.by_volume(model, whole=False)
        unit = worth_of_a_choice(model)
        self.plan_model, self.plan_descent = model, descent
        weight = self.parameters.lexicographic.tie_weight
        self.focus = focus_with_ties(self.problem, self.ties, weight)
        with self.watch.during("greedy"):
            self.offer(self.repairer(model, descent, unit))
        ends = self.done() or model.num_agents > self.tuned.lp_agents
        core = None if ends else self.core_of(without_floors(model), descent)
        if core is not None:
            self.plan_descent = core.descent
            with self.watch.during("round"):
                self.offer(self.repairer(model, core.descent, unit), core.choice)
        self.untied_price = self.plan_descent.price

    def descend(self, sweeps: int) -> None:
        """Find better prices, from the best so far."""
        model, watch = self.model, self.watch
        known = self.descent if self.descent.sweeps else self.near
        start = None if known is None else known.price
        with watch.during("prices"), Sweeper(model, watch.limits.workers) as sweep:
            descent = find_prices(model, sweep, watch, sweeps=sweeps, start=start)
        if descent.bound < self.descent.bound:
            self.descent = self.plan_descent = descent

    def first_core(self) -> None:
        """Solve the linear program before anything is decided, for the bound."""
        if self.model.num_agents > self.tuned.lp_agents:
            return
        swept, core = self.descent, self.core_of(self.model, self.descent)
        if core is None:
            return
        self.descent = core.descent
        self.core = core if self.round(core) else None
        if not (self.small or self.races() or cohort_rows(self.model.rows).any()):
            self.plan_descent = self.between(swept, core.descent)

    def between(self, swept: Descent, exact: Descent) -> Descent:
        """Return prices between those of sweeps and those of a linear program.

        The program's are a corner of all that are as good: at them many are undecided
        who are decided at others, and polishing finds less.
        """
        way = self.tuned.corner_share * (exact.price - swept.price)
        return replace(exact, price=self.model.rows.clip(swept.price + way))

    def decide_cohorts(self) -> None:
        """Settle which cohorts run where no linear program has, and plan for that."""
        if self.core is not None or not cohort_rows(self.model.rows).any():
            return
        self.plan_by_bids()

    def plan_by_bids(self) -> None:
        """Let cohorts bid, find prices by sweeps when those decided on run, and round
        them to a plan."""
        watch = self.watch
        with watch.during("cohorts"):
            decision = decide(self.model, self.descent, self.unit, watch)
        model = decision.model
        with watch.during("prices"), Sweeper(model, watch.limits.workers) as sweep:
            self.plan_descent = find_prices(
                model, sweep, watch,
                sweeps=self.tuned.plan_sweeps, start=decision.descent.price,
                whole=False,
            )  # fmt: skip
        self.plan_model = model
        with watch.during("greedy"):
            self.offer(self.repairer(model, self.plan_descent, self.unit))

    def first_plan(self) -> None:
        """Round the prices to a plan, made feasible where that is needed."""
        with self.watch.during("greedy"):
            self.offer(self.repairer(self.plan_model, self.plan_descent, self.unit))

    def refuted(self) -> bool:
        """Tell whether prices prove that there is no plan, where none is found."""
        if self.best.choice is not None or self.watch():
            return False
        from planner.optimiser.conflicts.quickxplain import refute  # a slow import

        with self.watch.during("refute"):
            seconds = min(
                self.parameters.conflicts.refute_seconds, self.watch.seconds_left()
            )
            return refute(self.problem, seconds=seconds) is not None

    def repairer(self, model: RowModel, descent: Descent, unit: float) -> Repairer:
        with Sweeper(model, self.watch.limits.workers) as sweep:
            reduced = sweep.reduced(descent.price, descent.fees)
        return Repairer(model, descent.price, reduced, unit, self.parameters)

    def offer(self, repair: Repairer, choice: IntArray | None = None) -> None:
        """Offer a choice after repair; unless given, everybody's best at the prices."""
        if choice is None:
            choice = round_prices(repair.model, repair.reduced)
        early = partial(self.best.offer, self.model) if self.best.is_empty else None
        self.best.offer(self.model, repair(choice, self.watch, early))

    def round(self, core: MasterSolution) -> bool:
        """Make a plan of what the linear program of the model chooses.

        Where it has cohorts neither open nor closed, that is decided and the program
        solved once more; where that takes too long they bid. A program that was cut
        short before it is worth as much as the plan decides nothing; tell whether it
        did.
        """
        model, best = self.model, self.best.choice
        decides = best is None or core.value >= model.objective(best)
        self.plan_model, self.plan_descent = model, core.descent
        if decides:
            decision = follow(model, core, self.unit)
            self.plan_model, self.plan_descent = decision.model, decision.descent
            if core.splits:
                again = self.core_of(
                    decision.model, decision.descent, most=self.tuned.again_share
                )
                if again is None:
                    self.plan_by_bids()
                    return True
                self.plan_descent, core = again.descent, again
        with self.watch.during("round"):
            repair = self.repairer(self.plan_model, self.plan_descent, self.unit)
            self.offer(repair, core.choice)
        return decides

    def core_of(
        self, model: RowModel, descent: Descent, *, most: float = 1.0
    ) -> MasterSolution | None:
        """Solve the linear program of a model, in a share of the time left at most."""
        watch = self.watch
        with (
            watch.share(most),
            watch.during("core"),
            Sweeper(model, watch.limits.workers) as sweep,
        ):
            return generate_columns(
                model, sweep, descent, watch, share=self.tuned.core_share
            )

    def polish(self) -> None:
        """Let the undecided choose again; leave time for a proof where one is near."""
        if self.best.choice is None:
            return
        near = self.open_options() <= self.tuned.provable_options
        share = self.tuned.polish_share if near else 1.0
        if self.races():
            share = self.tuned.polish_share_raced
        with self.watch.during("polish"):
            self.polisher(self.descent.bound, self.watch.part(share))

    @cached_property
    def polisher(self) -> NeighbourhoodSearch:
        """The search among small programs, at the prices of the plan."""
        model, descent = self.plan_model, self.plan_descent
        with Sweeper(model, self.watch.limits.workers) as sweep:
            reduced = sweep.reduced(descent.price, descent.fees)
        return NeighbourhoodSearch(
            self.model, model, descent.price, reduced, self.best, self.watch, self.focus
        )

    def open_options(self) -> int:
        """Return how many options a plan better than the best could have."""
        assert self.best.objective is not None
        room = self.descent.bound - self.best.objective
        with Sweeper(self.model, self.watch.limits.workers) as sweep:
            reduced = sweep.reduced(self.descent.price, self.descent.fees)
            loss, _ = losses(self.model, reduced)
        return int((loss <= room).sum())

    def outcome(self) -> Outcome:
        choice, near = self.best.choice, self.descent
        prices = near.of_problem(self.model)
        if self.closed_by(prices):
            best = float(self.best.objective or 0)
            return Outcome(choice, prices, Status.OPTIMAL, True, best)
        added = self.untied_price
        if added is not None:
            added = added - self.tie_weight * near.price
        return Outcome(choice, prices, Status.UNKNOWN, False, None, near, added)

    def closed_by(self, prices: DualSolution) -> bool:
        """Whether the prices alone prove the plan optimal, in exact arithmetic."""
        best = self.best.objective
        if best is None or not self.best.within(prices.bound, 0.0):
            return False
        claimed = Prices(
            price=prices.price,
            supply_price=prices.supply_price,
            tier_price=np.zeros(0),
            fees=prices.fees,
        )
        return bool(np.floor(verified_bound(self.problem, claimed)) <= best)

    def better(self, choice: IntArray) -> None:
        """Take a plan in the options of the problem."""
        self.best.offer(self.model, choice)
