"""The whole of a problem before two solvers, while the search goes on.

HiGHS and SCIP work on what the prices leave open, each in a process of its own (see
concurrent.py). When the first of them has come to an end, CP-SAT is asked beside the
other for a plan better than the best: whichever answers first confirms the first, or
not.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.optimiser.mip import cpsat, scip
from planner.optimiser.mip.agreement import Verdict, useful
from planner.optimiser.mip.concurrent import POLL, SOLVERS, Race, agreed, worth
from planner.optimiser.mip.cpsat import Answer, Effort
from planner.optimiser.mip.mip_model import Formulation, formulate
from planner.optimiser.model.problem import IntArray
from planner.optimiser.primal.large_neighbourhood_search import Polisher
from planner.optimiser.relaxation.subgradient import Prices, Sweeper

if TYPE_CHECKING:
    from planner.optimiser.search.pipeline import Outcome, Road


class Racing:
    """What a road does with its race."""

    def __init__(self, road: "Road", race: Race) -> None:
        self.road, self.race = road, race
        self.tuned = road.watch.parameters.portfolio

    def settle(self, outcome: "Outcome") -> "Outcome":
        """Let two solvers work on the whole problem, and polish meanwhile."""
        keep, settled = useful(
            self.road.problem, outcome.prices, self.road.best.objective
        )
        if keep is None:
            return replace(outcome, verdict=Verdict.OPTIMAL, proven=True)
        program = formulate(self.road.problem, keep, settled, None, self.road.held)
        self.race.begin(
            program,
            seconds=self.tuned.time_share * self.road.watch.seconds_left(),
            start=None if self.road.best.choice is None else self.marked(program),
        )
        if not self.road.small and not self.road.held:
            self.polish_beside(program)
        with self.road.watch.during("branch and cut"):
            if self.race.kept and self.road.small:
                self.glance(program)
            elif self.race.kept:
                self.race.take(Answer(None, None, closed=False))
            confirmed = self.follow(program, outcome.prices)
        return self.judge(outcome, program, confirmed=confirmed)

    def glance(self, program: Formulation) -> None:
        """Let SCIP try here for a moment: that costs no new process and no imports."""
        watch = self.road.watch
        seconds = min(self.tuned.glance_seconds, watch.seconds_left())
        effort = Effort(seconds, seed=watch.limits.seed)
        answer = scip.in_background(program, effort, watch, proves=True)
        if answer.y is not None:
            self.road.better(program.choice(self.road.problem, answer.y))
        self.race.take(answer)

    def follow(self, program: Formulation, prices: Prices) -> bool:
        """Wait for the solvers; tell whether CP-SAT has confirmed the first of them.

        It is asked for a plan better than the best as soon as a core is free.
        """

        def over() -> bool:
            self.look(program)
            return self.race.over() or self.road.done()

        while not over():
            first = self.race.first()
            if first is not None and self.road.watch.limits.workers > 1:
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
        best, found = self.road.best.objective, worth(program, first)
        if found is not None and (best is None or found > best):
            return False
        wanted = None if best is None else best + 1
        keep, settled = useful(self.road.problem, prices, wanted)
        if keep is None:
            return True
        asked = formulate(self.road.problem, keep, settled, wanted, self.road.held)
        limits = self.road.watch.limits
        effort = Effort(
            self.road.watch.seconds_left(), workers=limits.workers - 1, seed=limits.seed
        )
        answer = cpsat.solve(asked, effort, stop=over)
        if answer.y is not None and asked.holds(answer.y):
            self.road.better(asked.choice(self.road.problem, answer.y))
        while answer.y is not None and not over():
            time.sleep(POLL)
        proves = answer.closed and answer.y is None
        return proves and self.road.best.objective == best

    def look(self, program: Formulation) -> None:
        """Take the plans that the solvers have found since the last look."""
        for answer in self.race.look():
            if answer.y is not None:
                self.road.better(program.choice(self.road.problem, answer.y))

    def marked(self, program: Formulation) -> IntArray:
        """Return the best plan in the options of a program, as far as they have it."""
        assert self.road.best.choice is not None
        y: IntArray = np.isin(program.option, self.road.best.choice).astype(np.int64)
        return y

    def polish_beside(self, program: Formulation) -> None:
        """Improve the plan until the solvers have something to say."""
        model, watch = self.road.plan_model, self.road.watch
        if self.road.best.choice is None:
            return
        with watch.during("polish"), Sweeper(model, watch.limits.workers) as sweep:
            price = self.road.plan_descent.price
            reduced = sweep.reduced(price)
            polisher = Polisher(
                self.road.model, model, price, reduced, self.road.best, watch
            )
            vain, most = 0, self.tuned.polish_in_vain
            while vain < most and not self.race.over() and not self.road.done():
                before = self.road.best.objective
                polisher(self.road.descent.bound, self.tuned.polish_seconds)
                self.look(program)
                vain = vain + 1 if self.road.best.objective == before else 0

    def claimed(self, bounds: list[float | int | None]) -> None:
        """Record what each solver said under its own name: it counts for nothing."""
        for solver, bound in zip(self.race.answers, bounds, strict=True):
            if bound is not None:
                self.road.watch.claims[solver] = float(bound)

    def judge(
        self, outcome: "Outcome", program: Formulation, *, confirmed: bool
    ) -> "Outcome":
        """Say what the solvers' answers amount to; two of them have to say so.

        Which of them answers first is chance. So where both have finished it is the
        plan of the first in the list that counts, unless one as good was there before.
        """
        answers = list(self.race.answers.values())
        best = self.road.best.objective
        found = [worth(program, answer) for answer in answers]
        bounds = [
            value if answer.closed else answer.bound
            for answer, value in zip(answers, found, strict=True)
        ]
        known = [bound for bound in bounds if bound is not None]
        self.claimed(bounds)
        if best is not None and len(known) == len(SOLVERS):
            # What both of them say: the weaker word of the two.
            outcome = replace(outcome, bound=float(max(*known, best)))
        outcome = replace(outcome, choice=self.road.best.choice)
        if not confirmed and not agreed(self.race.answers, program):
            self.road.watch.clocked = True
            return outcome
        if best is None:
            verdict = Verdict.OPEN if self.road.held else Verdict.INFEASIBLE
            return replace(outcome, verdict=verdict, proven=not self.road.held)
        # What was left out of the program is in no better plan than the best.
        if any(value is not None and value > best for value in found):
            return outcome
        return replace(outcome, verdict=Verdict.OPTIMAL, proven=True, bound=float(best))
