"""The last step of a run: prove tier by tier what was found, by prices, fees, trees.

Whatever the search believes, a result says `optimal` only for what its own numbers
show. So every tier that prices leave open is given to the tree, which starts from the
linear program with its rows x <= open: often its prices and fees are all it takes. A
better plan that the tree meets on its way is taken like any other.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from planner.optimiser.certificate.check import outward, verified_bound
from planner.optimiser.certificate.dual_bound import PriceError, Prices
from planner.optimiser.model.openings import written
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.model.result import Tier
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.plain_start import plain_start
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.tree.prover import Proof, Prover

POLL = 0.005
"""Seconds between two looks for what was found at once."""


@dataclass(frozen=True, eq=False)
class Stated:
    """What is stated about one tier: prices, and a tree with the bound it proves."""

    prices: Prices
    solver_bound: float | None = None
    tree: Mapping[str, Any] | None = None
    tree_bound: int | None = None

    def tier(self, problem: Problem, plan: Plan | None, tier: int) -> Tier:
        """Return the tier of a result, every number recomputed for its plan."""
        levels = () if plan is None else plan.tiers[:tier]
        bound = None
        if plan is not None or tier == 0:
            bound = verified_bound(problem, self.prices, tier=tier, levels=levels)
        if self.tree_bound is not None:
            bound = min(
                np.inf if bound is None else bound, outward(Fraction(self.tree_bound))
            )
        return Tier(
            value=None if plan is None else plan.tiers[tier],
            bound=bound,
            price=self.prices.price,
            supply_price=self.prices.supply_price,
            tier_price=self.prices.tier_price,
            fees=self.prices.fees,
            solver_bound=self.solver_bound,
            tree=self.tree,
        )


Offer = Callable[[IntArray], None]


def prove_at_once(
    problem: Problem, watch: Watch, prover: Prover, offer: Offer | None
) -> tuple[IntArray | None, Stated | None]:
    """Look for a plan and its proof before anything else, for a share of the time.

    Branch and cut has the whole problem from the first second, on one core, and the
    tree grows beside it, on the other: what one solver settles in seconds is settled so
    soon here, with a proof. Return the best plan found, and what proves it or None.
    """
    tuned = watch.parameters.proof
    small = problem.num_options <= watch.parameters.pipeline.lp_first_options
    share = tuned.small_at_once_share if small else tuned.at_once_share
    until = watch.seconds + min(tuned.longest, share * watch.seconds_left())
    best: Plan | None = None
    prover.begin(seconds=watch.seconds_left(), seed=watch.limits.seed)
    with watch.during("at once"):
        given = written(problem)
        start = plain_start(flatten(given.problem, watch.parameters.rows), watch)
        choice = None if start is None else given.outside(start)
        working, by_clock = True, False
        while True:
            if choice is not None:
                plan = Plan.of(problem, choice)
                if best is None or plan.tiers > best.tiers:
                    best = plan
                    watch.report(incumbent=plan.objective)
                    if offer is not None:
                        offer(choice)
            if watch.report() or not working or watch.seconds > until:
                break
            time.sleep(POLL)
            working = prover.is_at_work
            choice = prover.news()
            by_clock |= choice is not None
        # Which of several plans it is depends on who was quicker.
        watch.clocked |= by_clock
        if best is None or working:
            prover.rest(whole=not small)
            return None if best is None else best.choice, None
        proving = Proving(problem, watch, prover, offer)
        free = Prices(
            price=np.zeros(problem.num_resources),
            supply_price=np.zeros(problem.num_supplies),
            tier_price=np.zeros(0),
        )
        choice, (stated,) = proving.prove_all(best.choice, [Stated(free)])
    proven = proving.closed(stated, Plan.of(problem, choice), 0)
    return choice, stated if proven else None


class Proving:
    """Proves a plan's tiers one after the other, within what is left of the limits."""

    def __init__(
        self, problem: Problem, watch: Watch, prover: Prover, offer: Offer | None
    ) -> None:
        self.problem, self.watch, self.offer = problem, watch, offer
        self.prover = prover
        self.tuned = tuned = watch.parameters.proof
        most = min(tuned.longest, tuned.seconds + tuned.times * watch.seconds)
        self.until = watch.seconds + min(watch.seconds_left(), most)

    def __call__(
        self, choice: IntArray, stated: Sequence[Stated]
    ) -> tuple[IntArray, list[Stated]]:
        """Return the best plan known then, and what is stated about each tier."""
        with self.watch.during("proof"):
            return self.prove_all(choice, stated)

    def prove_all(
        self, choice: IntArray, stated: Sequence[Stated]
    ) -> tuple[IntArray, list[Stated]]:
        """Do so as a part of another phase."""
        tiers = list(stated)
        for grows in (False, True):
            for tier in range(len(tiers)):
                choice, tiers[tier] = self._tier(choice, tier, tiers[tier], grows=grows)
        return choice, tiers

    def _tier(
        self,
        choice: IntArray,
        tier: int,
        known: Stated,
        *,
        grows: bool,
    ) -> tuple[IntArray, Stated]:
        """Prove one tier of a plan, or find a plan that is better in it.

        Before any tree `grows` every tier gets the prices and fees of its root.
        """
        plan = Plan.of(self.problem, choice)
        if self.over() or self.closed(known, plan, tier):
            return choice, known
        tiers = self.problem.num_tiers - tier
        proof = self.prover.prove(
            tier, plan.tiers[:tier], plan.tiers[tier],
            choice=choice,
            seconds=self.seconds_left() / tiers,
            stop=self.watch.report,
            most_nodes=self.nodes() if grows else 0,
        )  # fmt: skip
        if proof.choice is not None:
            better = Plan.of(self.problem, proof.choice)
            if better.tiers > plan.tiers:
                choice, plan = proof.choice, better
                if self.offer is not None:
                    self.offer(choice)
        return choice, self._better(known, proof, plan, tier)

    def _better(self, known: Stated, proof: Proof, plan: Plan, tier: int) -> Stated:
        """Take prices and a tree that prove more than what is known."""
        levels = plan.tiers[:tier]
        if proof.prices is not None:
            with suppress(PriceError):
                ends = [
                    verified_bound(self.problem, prices, tier=tier, levels=levels)
                    for prices in (proof.prices, known.prices)
                ]
                if ends[0] < ends[1]:
                    known = replace(known, prices=proof.prices)
        if proof.tree is None or proof.bound is None:
            return known
        priced = verified_bound(self.problem, known.prices, tier=tier, levels=levels)
        if proof.bound >= np.floor(priced):
            return known
        return replace(known, tree=proof.tree, tree_bound=proof.bound)

    def closed(self, known: Stated, plan: Plan, tier: int) -> bool:
        """Tell whether what is stated proves the plan in this tier."""
        stated = known.tier(self.problem, plan, tier)
        return stated.bound is not None and np.floor(stated.bound) <= plan.tiers[tier]

    def nodes(self) -> int | None:
        """Return how many nodes a tree may have: any number where the clock decides."""
        return None if self.watch.limits.work is None else self.tuned.nodes

    def seconds_left(self) -> float:
        if self.watch.limits.work is not None:
            return self.tuned.longest
        return max(0.0, self.until - self.watch.seconds)

    def over(self) -> bool:
        if self.problem.num_options > self.tuned.options or self.watch.stopped:
            return True
        return self.seconds_left() <= 0


def refutation(
    problem: Problem, watch: Watch, seconds: float
) -> Mapping[str, Any] | None:
    """Return a tree that proves that there is no plan at all, or None."""
    tuned = watch.parameters.proof
    if problem.num_options > tuned.options or seconds <= 0:
        return None
    with Prover(problem, tuned) as prover, watch.during("proof"):
        proof = prover.prove(None, (), None, seconds=seconds, stop=watch.report)
    return proof.tree if proof.closed else None
