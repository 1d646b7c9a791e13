"""An algorithm portfolio beside the search (Huberman, Lukose and Hogg 1997).

HiGHS and SCIP work on what the prices leave open, each in a process of its own (see
concurrent.py). When the first of them has come to an end, CP-SAT is asked beside the
other for a plan better than the best: whichever answers first confirms the first, or
not.

Arrays: keep bool[options], what is left open; choice int64[agents].
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.optimiser.mip import cpsat, scip
from planner.optimiser.mip.concurrent import (
    POLL,
    SOLVERS,
    ConcurrentSolvers,
    agreed,
    worth,
)
from planner.optimiser.mip.cpsat import Effort, MipAnswer
from planner.optimiser.mip.mip_model import MipModel, formulate
from planner.optimiser.model.problem import IntArray
from planner.optimiser.model.result import Status
from planner.optimiser.relaxation.reduced_cost import fixed_by_reduced_cost
from planner.optimiser.relaxation.subgradient import DualSolution
from planner.optimiser.search.exact import settle_exactly

if TYPE_CHECKING:
    from planner.optimiser.search.pipeline import Outcome, Pipeline


class Portfolio:
    """What a pipeline does with its race."""

    def __init__(self, pipeline: "Pipeline", race: ConcurrentSolvers) -> None:
        self.pipeline, self.race = pipeline, race
        self.tuned = pipeline.watch.parameters.portfolio
        self.program: MipModel | None = None
        self._looked = 0.0

    def begin(self, outcome: "Outcome") -> MipModel | None:
        """Let the solvers begin with what prices leave open; None if it is nothing."""
        keep, settled = fixed_by_reduced_cost(
            self.pipeline.problem, outcome.prices, self.pipeline.best.objective
        )
        if keep is None:
            return None
        self.program = formulate(
            self.pipeline.problem, keep, settled, None, self.pipeline.held
        )
        known = self.pipeline.best.choice is not None
        self.race.begin(
            self.program,
            seconds=self.tuned.time_share * self.pipeline.watch.seconds_left(),
            start=self.marked(self.program) if known else None,
        )
        return self.program

    def has_ended(self) -> bool:
        """Tell whether a solver has come to an end, and take the plans on its way."""
        now = time.monotonic()
        if self.program is not None and now - self._looked > POLL:
            self._looked = now
            self.look(self.program)
        return self.race.first() is not None

    def settle(self, outcome: "Outcome") -> "Outcome":
        """Let two solvers work on the whole problem, and polish meanwhile."""
        program = self.program or self.begin(outcome)
        if program is None:
            return replace(outcome, status=Status.OPTIMAL, proven=True)
        if not self.pipeline.small and not self.pipeline.held:
            self.polish_beside(program)
        with self.pipeline.watch.during("branch and cut"):
            if self.race.kept and self.pipeline.small:
                self.glance(program)
            elif self.race.kept:
                self.race.take(MipAnswer(None, None, closed=False))
            confirmed = self.follow(program, outcome.prices)
        return self.judge(outcome, program, confirmed=confirmed)

    def glance(self, program: MipModel) -> None:
        """Let SCIP try here for a moment: that costs no new process and no imports."""
        watch = self.pipeline.watch
        seconds = min(self.tuned.glance_seconds, watch.seconds_left())
        effort = Effort(seconds, seed=watch.limits.seed)
        (answer,) = scip.in_background([(program, effort)], watch, proves=True)
        if answer.y is not None:
            self.pipeline.better(program.choice(self.pipeline.problem, answer.y))
        self.race.take(answer)

    def follow(self, program: MipModel, prices: DualSolution) -> bool:
        """Wait for the solvers; tell whether CP-SAT has confirmed the first of them.

        It is asked for a plan better than the best as soon as a core is free.
        """

        def over() -> bool:
            self.look(program)
            return self.race.over() or self.pipeline.done()

        while not over():
            first = self.race.first()
            if first is not None and self.pipeline.watch.limits.workers > 1:
                return self.confirmed(first, program, prices, over)
            time.sleep(POLL)
        return False

    def confirmed(
        self,
        first: MipAnswer,
        program: MipModel,
        prices: DualSolution,
        over: Callable[[], bool],
    ) -> bool:
        """Whether CP-SAT finds nothing better than the best either."""
        best, value = self.pipeline.best.objective, worth(program, first)
        if value is not None and (best is None or value > best):
            return False
        wanted = None if best is None else best + 1
        keep, settled = fixed_by_reduced_cost(self.pipeline.problem, prices, wanted)
        if keep is None:
            return True
        asked = formulate(
            self.pipeline.problem, keep, settled, wanted, self.pipeline.held
        )
        limits = self.pipeline.watch.limits
        effort = Effort(
            self.pipeline.watch.seconds_left(),
            workers=limits.workers - 1,
            seed=limits.seed,
        )
        answer = cpsat.solve(asked, effort, stop=over)
        if answer.y is not None and asked.holds(answer.y):
            self.pipeline.better(asked.choice(self.pipeline.problem, answer.y))
        while answer.y is not None and not over():
            time.sleep(POLL)
        proves = answer.closed and answer.y is None
        return proves and self.pipeline.best.objective == best

    def look(self, program: MipModel) -> None:
        """Take the plans that the solvers have found since the last look."""
        for answer in self.race.look():
            if answer.y is not None:
                self.pipeline.better(program.choice(self.pipeline.problem, answer.y))

    def marked(self, program: MipModel) -> IntArray:
        """Return the best plan in the options of a program, as far as they have it."""
        assert self.pipeline.best.choice is not None
        y: IntArray = np.isin(program.option, self.pipeline.best.choice).astype(
            np.int64
        )
        return y

    def polish_beside(self, program: MipModel) -> None:
        """Improve the plan until the solvers have something to say."""
        if self.pipeline.best.choice is None:
            return
        with self.pipeline.watch.during("polish"):
            polisher = self.pipeline.polisher
            vain, most = 0, self.tuned.polish_in_vain
            while vain < most and not self.has_ended() and not self.pipeline.done():
                before = self.pipeline.best.objective
                polisher(self.pipeline.descent.bound, self.tuned.polish_seconds)
                self.look(program)
                vain = vain + 1 if self.pipeline.best.objective == before else 0

    def claimed(self, bounds: list[float | int | None]) -> None:
        """Record what each solver said under its own name: it counts for nothing."""
        for solver, bound in zip(self.race.answers, bounds, strict=True):
            if bound is not None:
                self.pipeline.watch.claims[solver] = float(bound)

    def judge(
        self, outcome: "Outcome", program: MipModel, *, confirmed: bool
    ) -> "Outcome":
        """Say what the solvers' answers amount to; two of them have to say so.

        Which of them answers first is chance. So where both have finished it is the
        plan of the first in the list that counts, unless one as good was there before.
        """
        answers = list(self.race.answers.values())
        best = self.pipeline.best.objective
        values = [worth(program, answer) for answer in answers]
        bounds = [
            value if answer.closed else answer.bound
            for answer, value in zip(answers, values, strict=True)
        ]
        known = [bound for bound in bounds if bound is not None]
        self.claimed(bounds)
        if best is not None and len(known) == len(SOLVERS):
            # What both of them say: the weaker word of the two.
            outcome = replace(outcome, bound=float(max(*known, best)))
        outcome = replace(outcome, choice=self.pipeline.best.choice)
        if not confirmed and not agreed(self.race.answers, program):
            self.pipeline.watch.clocked = True
            return outcome
        if best is None:
            status = Status.UNKNOWN if self.pipeline.held else Status.INFEASIBLE
            return replace(outcome, status=status, proven=not self.pipeline.held)
        # What was left out of the program is in no better plan than the best.
        if any(value is not None and value > best for value in values):
            return outcome
        return replace(outcome, status=Status.OPTIMAL, proven=True, bound=float(best))


def raced(pipeline: "Pipeline") -> "Outcome":
    """Take the steps while branch and cut works on the whole problem.

    With a second core it begins as soon as prices have fixed what they can, and
    whatever is being done ends when it has come to an end: it may be there long
    before anything else.
    """
    with _race(pipeline) as race:
        portfolio = Portfolio(pipeline, race)
        beside = pipeline.watch.limits.workers > 1
        first = [
            s
            for s in pipeline.steps()
            if s in (pipeline.more_prices, pipeline.first_core)
        ]
        later = [s for s in pipeline.steps() if s not in first]
        outcome = pipeline.taken(first)
        if beside and not (outcome.proven or pipeline.done()):
            portfolio.begin(outcome)
        if outcome.status == Status.UNKNOWN:
            with pipeline.watch.unless(portfolio.has_ended):
                outcome = pipeline.taken(later)
        if outcome.proven or pipeline.done():
            return outcome
        return portfolio.settle(outcome)


def settled(pipeline: "Pipeline") -> "Outcome":
    """Bring a small problem to its end: exact prices, and two solvers beside."""
    if pipeline.model.num_options <= pipeline.tuned.tiny_options:
        pipeline.first_core()
        outcome = pipeline.outcome()
        if not (outcome.proven or pipeline.done()):
            seconds = min(pipeline.tuned.tiny_seconds, pipeline.watch.seconds_left())
            outcome = settle_exactly(pipeline, outcome, seconds)
        if outcome.proven or pipeline.done():
            return outcome
    with _race(pipeline) as race:
        pipeline.first_core()
        outcome = pipeline.outcome()
        if outcome.proven or pipeline.done():
            return outcome
        return Portfolio(pipeline, race).settle(outcome)


def _race(pipeline: "Pipeline") -> ConcurrentSolvers:
    """Return the two solvers; where each has a core, SCIP's process waits."""
    limits = pipeline.watch.limits
    kept = "scip" if limits.workers > 1 else None
    return ConcurrentSolvers(seed=limits.seed, workers=limits.workers, kept=kept)
