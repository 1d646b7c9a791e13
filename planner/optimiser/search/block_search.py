"""Search block by block: the pipeline of every connected component, put together.

All blocks get their first prices and a first plan before any of them goes on, so that
there is a plan of the whole early. Then the smallest is finished first, each within its
share of what is left: of time by its options, and what it leaves falls to the others;
of work a share that is fixed beforehand, so that it does not matter who searches it:
others may take blocks (see remote_block.py).
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from planner.optimiser.mip.mip_model import Focus, Held
from planner.optimiser.model.fees import joined
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.model.result import Status
from planner.optimiser.model.run_budget import POLL, Watch
from planner.optimiser.primal.incumbent import OnPlan
from planner.optimiser.relaxation.subgradient import DualSolution
from planner.optimiser.search.decomposition import Block
from planner.optimiser.search.pipeline import Outcome, Pipeline
from planner.optimiser.search.remote_block import BlockOutcome, BlockTask, Helpers

N = TypeVar("N", int, float)


def search_blocks(
    problem: Problem,
    blocks: Sequence[Block],
    watch: Watch,
    start: IntArray | None,
    *,
    on_plan: OnPlan | None = None,
    held: Sequence[Held] = (),
    branches: bool = True,
    helpers: Helpers | None = None,
    focus: Focus | None = None,
) -> Outcome:
    """Return the best plan and prices of the whole, searched block by block.

    Parameters
    ----------
    start
        int64[agents]; a feasible choice of the whole, or None.
    branches
        Whether branch and cut may have the whole of a small block.
    helpers
        Others who may search blocks; None for nobody.
    focus
        What large neighbourhood search looks at, instead of the folded values.
    """
    searches = _BlockSearches(
        problem, blocks, watch, start, on_plan, held, branches, focus
    )
    if helpers is None or watch():
        searches.begin()
        searches.finish()
    else:
        helpers.offer([searches.task(number) for number in searches.waiting()])
        searches.begin()
        searches.finish_with(helpers)
    return searches.outcome()


class _BlockSearches:
    """One pipeline a block, and what is known of all of them together."""

    def __init__(
        self,
        problem: Problem,
        blocks: Sequence[Block],
        watch: Watch,
        start: IntArray | None,
        on_plan: OnPlan | None,
        held: Sequence[Held],
        branches: bool,
        focus: Focus | None,
    ) -> None:
        self.problem, self.blocks, self.watch = problem, blocks, watch
        self.on_plan, self.held = on_plan, held
        self.choice = np.full(problem.num_agents, -1, dtype=np.int64)
        self.incumbents: list[int | None] = [None] * len(blocks)
        self.bounds: list[float | None] = [None] * len(blocks)
        self.outcomes: list[Outcome | None] = [None] * len(blocks)
        sizes = np.array([len(block.option) for block in blocks])
        self.shares = sizes / sizes.sum()
        self.watches = [self._watch(block) for block in range(len(blocks))]
        self.starts = [
            None if start is None else block.inside(start) for block in blocks
        ]
        self.pipelines = [
            Pipeline(
                block.problem,
                self.watches[number],
                self._keeper(number),
                _levels(block, held, self.starts[number]),
                branches=branches,
                focus=focus and _focus(block, focus, self.starts[number]),
            )
            for number, block in enumerate(blocks)
        ]

    def begin(self) -> None:
        """Take every block to its first plan."""
        share = self.watch.parameters.decomposition.first_share
        left = share * self.watch.seconds_left()
        for number, pipeline in enumerate(self.pipelines):
            self._give(number, left * float(self.shares[number]))
            self.outcomes[number] = pipeline.begin(self.starts[number])
            self._tell(number)

    def finish(self) -> None:
        """Take every block to its end, the smallest first."""
        for number in self.waiting():
            self.take(number)

    def finish_with(self, helpers: Helpers) -> None:
        """Take to the end what nobody else takes, and wait for the others."""
        while self.waiting() and not self.watch.report():
            # The largest first: the end is near when only small ones are left.
            for number in reversed(self.waiting()):
                if helpers.claim(number):
                    self.take(number)
                    break
            else:
                time.sleep(POLL)
            for number in self.waiting():
                done = helpers.outcome(number)
                if done is not None:
                    self.accept(number, done)
        self.finish()

    def waiting(self) -> list[int]:
        """Return the blocks that are not at their end, the smallest first."""
        return [n for n, outcome in enumerate(self.outcomes) if outcome is None]

    def take(self, number: int) -> None:
        """Take a block to its end, within its share of the time left."""
        share = self.shares[number] / self.shares[self.waiting()].sum()
        self._give(number, self.watch.seconds_left() * float(share))
        self.outcomes[number] = self.pipelines[number].finish()
        self._tell(number)

    def task(self, number: int) -> BlockTask:
        """Return the whole search of a block, from its beginning."""
        own = self.watches[number].limits
        left = self.watch.seconds_left()
        share = 1.0 if own.work is not None else float(self.shares[number])
        return BlockTask(
            self.blocks[number].problem,
            replace(own, seconds=max(0.01, left * share)),
            self.starts[number],
            self.pipelines[number].held,
            branches=self.pipelines[number].branches,
            focus=self.pipelines[number].focus,
            parameters=self.watch.parameters,
        )

    def accept(self, number: int, done: BlockOutcome) -> None:
        """Take what somebody else has found, unless there is better here."""
        pipeline, watch, outcome = (
            self.pipelines[number],
            self.watches[number],
            done.outcome,
        )
        watch.work, watch.clocked = done.work, done.clocked
        value = None
        if outcome.choice is not None:
            value = pipeline.model.objective(outcome.choice)
            pipeline.better(outcome.choice)
        if pipeline.best.objective != value:
            outcome = replace(
                outcome,
                choice=pipeline.best.choice,
                status=Status.UNKNOWN,
                proven=False,
            )
        self.outcomes[number] = outcome
        watch.report(bound=outcome.prices.bound)

    def outcome(self) -> Outcome:
        """Put together what the blocks have found."""
        outcomes = [outcome for outcome in self.outcomes if outcome is not None]
        price = np.zeros(self.problem.num_resources)
        supply_price = np.zeros(self.problem.num_supplies)
        for block, outcome in zip(self.blocks, outcomes, strict=True):
            price[block.resource] = outcome.prices.price
            supply_price[block.supply] = outcome.prices.supply_price
        own = zip(self.blocks, outcomes, strict=True)
        prices = DualSolution(
            price,
            supply_price,
            sum(each.prices.bound for each in outcomes),
            joined([block.fees(each.prices.fees) for block, each in own]),
        )
        impossible = [each for each in outcomes if each.status is Status.INFEASIBLE]
        whole = all(each.choice is not None for each in outcomes)
        settled = all(each.status is Status.OPTIMAL for each in outcomes)
        for worker in self.watches:
            self.watch.work += worker.work
            self.watch.clocked |= worker.clocked or worker.timed_out
        self.watch()
        if impossible:
            proven = any(each.proven for each in impossible)
            return Outcome(None, prices, Status.INFEASIBLE, proven, None)
        choice = self._together(outcomes) if whole else None
        claims = sum(
            each.prices.bound if each.bound is None else each.bound for each in outcomes
        )
        # Where nothing was left to spend, nothing is known.
        told = whole and not self.held and np.isfinite(claims)
        return Outcome(
            choice,
            prices,
            Status.OPTIMAL if settled else Status.UNKNOWN,
            settled and all(each.proven for each in outcomes),
            float(claims) if told else None,
        )

    def _together(self, outcomes: Sequence[Outcome]) -> IntArray:
        choice = np.full(self.problem.num_agents, -1, dtype=np.int64)
        for block, outcome in zip(self.blocks, outcomes, strict=True):
            assert outcome.choice is not None
            choice[block.agent] = block.outside(outcome.choice)
        return choice

    def _watch(self, number: int) -> Watch:
        """Return a watch that tells the whole what its block knows."""
        whole, limits = self.watch, self.watch.limits
        work = whole.work_left()
        if work is not None:
            work = int(work * float(self.shares[number]))

        def told(
            phase: str, seconds: float, incumbent: int | None, bound: float | None
        ) -> bool:
            del seconds
            self.incumbents[number], self.bounds[number] = incumbent, bound
            whole.phase = phase
            whole.report(_sum(self.incumbents), _sum(self.bounds))
            return whole.stopped

        return Watch(
            replace(limits, work=work),
            told,
            phases=whole.phases,
            parameters=whole.parameters,
        )

    def _give(self, number: int, seconds: float) -> None:
        """Let a block have so many seconds from now; all of them where work decides."""
        left = self.watch.seconds_left()
        by_work = self.watch.limits.work is not None
        self.watches[number].give(left if by_work else seconds)

    def _tell(self, number: int) -> None:
        """Take what a block knows into what is known of the whole."""
        self.watches[number].report(bound=self.pipelines[number].descent.bound)

    def _keeper(self, number: int) -> OnPlan:
        """Return what is done with a better plan of a block: the whole is shown."""
        block = self.blocks[number]

        def keep(choice: IntArray) -> None:
            self.choice[block.agent] = block.outside(choice)
            if self.on_plan is not None and None not in self.incumbents:
                self.on_plan(self.choice.copy())

        return keep


def _levels(
    block: Block, held: Sequence[Held], start: IntArray | None
) -> tuple[Held, ...]:
    """Return the levels that a block has to keep: those of the plan it starts from.

    Where the levels of the whole are the best there are, so are those of its blocks.
    """
    if not held:
        return ()
    assert start is not None
    own = [replace(level, value=level.value[block.option]) for level in held]
    return tuple(
        replace(level, level=level.reached(block.problem, start)) for level in own
    )


def _focus(block: Block, focus: Focus, start: IntArray | None) -> Focus:
    """Return what polishing looks at in a block."""
    own = replace(block, whole=focus.problem)
    return Focus(own.problem, _levels(own, focus.held, start))


def _sum(numbers: Sequence[N | None]) -> N | None:
    """Return the sum, or None if one is not known."""
    known = [number for number in numbers if number is not None]
    return sum(known[1:], known[0]) if len(known) == len(numbers) else None
