"""Prove a plan optimal, or find a better one, or prove that there is none.

Prices do most of the work. With the bound B they prove and a plan of value V, an
option with loss l (its reduced value is l below the best of its agent) is in no plan
better than B - l. So where B - l < V + 1 the option is in no better plan, and is left
out; what is left is a small integer program for a branch and bound solver.

A solver's word alone is not believed: OR-Tools 9.15 is known to have called a plan
optimal that was not. `proven` is true when the prices alone prove it, or when a second
method has come to the same end on the same question.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from planner.optimiser import cpsat, mip
from planner.optimiser.cpsat import Answer, Effort, Stop
from planner.optimiser.formulation import Formulation, Held, formulate
from planner.optimiser.limits import Limits
from planner.optimiser.plan import NOTHING, Plan
from planner.optimiser.problem import BoolArray, FloatArray, IntArray, Problem

if TYPE_CHECKING:
    from planner.optimiser.prices import Prices

UNINTERRUPTIBLE = 3.0
"""Seconds given to a solver that cannot be stopped, when somebody might want to."""

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
    for _ in range(ROUNDS):
        first = search.ask(search.first_method)
        if not first.closed:
            return search.outcome(Verdict.OPEN, proven=False)
        second = search.ask(search.second_method)
        if second.closed and second.y is None:
            break
        if second.y is None:
            return search.outcome(search.verdict, proven=False)
    else:
        return search.outcome(Verdict.OPEN, proven=False)
    return search.outcome(search.verdict, proven=True)


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
        self.ends = time.monotonic() + limits.seconds
        self.choice = choice
        self.value = None if choice is None else Plan.of(problem, choice).objective
        self.bound = None if prices is None else float(prices.bound)

    def ask(self, method: Callable[[Formulation], Answer]) -> Answer:
        """Ask one method for a plan better than the best; take what it finds.

        The answer that comes back has no `y` if there is nothing better.
        """
        keep, settled = useful(self.problem, self.prices, self.value)
        if keep is None:
            return Answer(None, self.bound, closed=True)
        wanted = None if self.value is None else self.value + 1
        program = formulate(self.problem, keep, settled, wanted, self.held)
        answer = method(program)
        if answer.y is not None and not self.take(program, answer.y):
            # A plan that breaks a limit: nothing this method says can be used.
            return Answer(None, None, closed=False)
        self.learn(answer)
        return answer

    def take(self, program: Formulation, y: IntArray) -> bool:
        """Keep a solution that beats the best plan; False if it is not even wanted."""
        if not program.holds(y):
            return False
        chosen = program.option[y[: len(program.option)] > 0]
        choice = np.full(self.problem.num_agents, NOTHING, dtype=np.int64)
        choice[self.problem.option_agent[chosen]] = chosen
        value = Plan.of(self.problem, choice).objective
        if program.at_least is not None and value < program.at_least:
            return False
        if self.value is None or value > self.value:
            self.choice, self.value = choice, value
            if self.on_plan is not None:
                self.on_plan(choice)
        return True

    def learn(self, answer: Answer) -> None:
        """Lower the bound to what the answer claims, but never below the best plan."""
        claimed = answer.bound
        if answer.closed:
            claimed = self.value
        if claimed is None:
            return
        if self.value is not None:
            claimed = max(claimed, self.value)
        self.bound = claimed if self.bound is None else min(self.bound, claimed)

    def first_method(self, program: Formulation) -> Answer:
        """CP-SAT with everything it has."""
        return self._cpsat(program, plainly=False)

    def second_method(self, program: Formulation) -> Answer:
        """Branch and cut, or CP-SAT in another configuration when that takes long."""
        seconds = min(self.seconds_left(), UNINTERRUPTIBLE)
        if self.limits.work is None and seconds > 0:
            answer = mip.solve(program, Effort(seconds, seed=self.limits.seed))
            if answer.closed and answer.y is None:
                return answer
            if answer.y is not None and self.take(program, answer.y):
                return answer
        return self._cpsat(program, plainly=True)

    def _cpsat(self, program: Formulation, *, plainly: bool) -> Answer:
        limits = self.limits
        effort = Effort(self.seconds_left(), limits.work, limits.workers, limits.seed)

        def observe(y: IntArray) -> None:
            self.take(program, y)

        return cpsat.solve(
            program, effort, stop=self.stop, plainly=plainly, on_plan=observe
        )

    def seconds_left(self) -> float:
        return max(0.0, self.ends - time.monotonic())

    @property
    def verdict(self) -> Verdict:
        return Verdict.INFEASIBLE if self.choice is None else Verdict.OPTIMAL

    def outcome(self, verdict: Verdict, *, proven: bool) -> ExactOutcome:
        return ExactOutcome(verdict, self.choice, self.bound, proven)


def useful(
    problem: Problem, prices: "Prices | None", value: int | None
) -> tuple[BoolArray | None, BoolArray | None]:
    """Return (keep bool[o], settled bool[n]): what a plan above `value` can look like.

    `settled` agents get one of their kept options in every such plan. `keep` is None
    when the prices show that there is no such plan.
    """
    every = np.ones(problem.num_options, dtype=bool)
    if prices is None or value is None:
        return every, None
    rounding = 1e-6 + 1e-9 * abs(float(prices.bound))
    room = float(prices.bound) - (value + 1) + rounding
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
