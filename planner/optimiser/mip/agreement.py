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
from typing import TYPE_CHECKING

from planner.optimiser.mip import cpsat, scip
from planner.optimiser.mip.cpsat import Effort, MipAnswer, Stop
from planner.optimiser.mip.mip_model import Held, MipModel, formulate
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.parameters import DEFAULTS, SearchParameters
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.problem import IntArray, Problem
from planner.optimiser.model.result import Status
from planner.optimiser.relaxation.reduced_cost import fixed_by_reduced_cost

if TYPE_CHECKING:
    from planner.optimiser.relaxation.subgradient import DualSolution


@dataclass(frozen=True)
class AgreementOutcome:
    """What an exact search found.

    Attributes
    ----------
    status
        What is claimed; `UNKNOWN` when the search ended before it knew.
    choice
        The best choice known, the given one included; None when there is none.
    bound
        No plan has a larger objective, as the prices prove or two methods agree.
    proven
        The prices or a second method agree with the status.
    work
        What the search of bins took, in the units of `Limits.work` given to `prove`.
    """

    status: Status
    choice: IntArray | None
    bound: float | None
    proven: bool
    work: int = 0


def prove(
    problem: Problem,
    choice: IntArray | None,
    prices: "DualSolution | None",
    *,
    limits: Limits,
    stop: Stop | None = None,
    on_plan: Callable[[IntArray], None] | None = None,
    held: Sequence[Held] = (),
    parameters: SearchParameters = DEFAULTS,
) -> AgreementOutcome:
    """Search a single-tier problem for the best plan, and for the proof that it is.

    Parameters
    ----------
    choice
        int64[agents]; a feasible choice to beat, or None.
    prices
        A dual solution: the better, the smaller the program; None for none.
    limits
        Seconds, seed, workers; `work` in units of CP-SAT's deterministic time.
    stop
        Asked now and then; true ends the search with what is known.
    on_plan
        Sees each better choice.
    held
        Levels that every plan has to keep.

    Returns
    -------
    AgreementOutcome
        The best choice, what is claimed about it, and whether a second method agrees.
    """
    search = Agreement(
        problem, choice, prices, limits, stop, on_plan, tuple(held), parameters
    )
    return search.settle(limits.seconds)


class Agreement:
    """The best choice so far, and the methods that try to beat it."""

    def __init__(
        self,
        problem: Problem,
        choice: IntArray | None,
        prices: "DualSolution | None",
        limits: Limits,
        stop: Stop | None,
        on_plan: Callable[[IntArray], None] | None,
        held: tuple[Held, ...],
        parameters: SearchParameters,
    ) -> None:
        self.held, self.parameters = held, parameters
        self.problem, self.prices, self.limits = problem, prices, limits
        self.work = limits.work
        self.stop, self.on_plan = stop, on_plan
        self.ends = self.until = time.monotonic() + limits.seconds
        self.enough: Stop | None = None
        self.choice = choice
        self.value = None if choice is None else Plan.of(problem, choice).objective
        self.bound = None if prices is None else float(prices.bound)

    def settle(self, seconds: float, enough: Stop | None = None) -> AgreementOutcome:
        """Ask one method until it is done, then another, within these seconds.

        CP-SAT also ends where `enough` says so.
        """
        self.enough = enough
        self.until = min(self.ends, time.monotonic() + seconds)
        for _ in range(self.parameters.agreement.rounds):
            first = self.ask(self.first_method)
            if not first.closed:
                break
            confirmed = self.confirm()
            if confirmed is not None:
                return confirmed
        return self.outcome(Status.UNKNOWN, proven=False)

    def confirm(self) -> AgreementOutcome | None:
        """Ask the second method for a better plan; None if it knows one."""
        second = self.ask(self.second_method)
        if second.y is not None:
            return None
        if second.closed:
            self.learn(self.value)
        return self.outcome(self.status, proven=second.closed)

    def over(self) -> bool:
        """Whether the search has to end: no time left, or asked to stop."""
        return self.ends <= time.monotonic() or (self.stop is not None and self.stop())

    def ask(self, method: Callable[[MipModel], MipAnswer]) -> MipAnswer:
        """Ask one method for a better plan; the answer has no `y` if there is none."""
        wanted = None if self.value is None else self.value + 1
        keep, settled = fixed_by_reduced_cost(self.problem, self.prices, wanted)
        if keep is None:
            return MipAnswer(None, None, closed=True)
        return method(formulate(self.problem, keep, settled, wanted, self.held))

    def take(self, program: MipModel, y: IntArray) -> bool:
        """Keep a solution that beats the best plan; False if it is not even wanted."""
        if not program.holds(y):
            return False
        value = self.offer(program.choice(self.problem, y))
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

    def first_method(self, program: MipModel) -> MipAnswer:
        """CP-SAT with everything it has."""
        return self._cpsat(program, plainly=False)

    def second_method(self, program: MipModel) -> MipAnswer:
        """Branch and cut, or CP-SAT in another configuration when that takes long."""
        if self.limits.work is None:
            answer = self._mip(program)
            if answer.closed:
                return answer
        return self._cpsat(program, plainly=True)

    def _mip(self, program: MipModel) -> MipAnswer:
        """Ask SCIP."""
        return self._checked(program, scip.solve(program, self._briefly()))

    def _briefly(self) -> Effort:
        """Return what SCIP may spend at a time: it cannot be stopped."""
        slice_seconds = self.parameters.agreement.slice_seconds
        seconds = min(self.seconds_left(), slice_seconds)
        return Effort(seconds, seed=self.limits.seed)

    def _cpsat(self, program: MipModel, *, plainly: bool) -> MipAnswer:
        limits, enough = self.limits, self.enough
        effort = Effort(self.seconds_left(), self.work, limits.workers, limits.seed)

        def observe(y: IntArray) -> None:
            self.take(program, y)

        def stop() -> bool:
            asked = self.stop is not None and self.stop()
            return asked or (enough is not None and enough())

        answer = cpsat.solve(
            program, effort, stop=stop, plainly=plainly, on_plan=observe
        )
        return self._checked(program, answer)

    def _checked(self, program: MipModel, answer: MipAnswer) -> MipAnswer:
        """Take the plan of an answer; without a plan that holds it says nothing."""
        if answer.y is None or self.take(program, answer.y):
            return answer
        return MipAnswer(None, None, closed=False)

    def seconds_left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    @property
    def status(self) -> Status:
        return Status.INFEASIBLE if self.choice is None else Status.OPTIMAL

    def outcome(self, status: Status, *, proven: bool) -> AgreementOutcome:
        return AgreementOutcome(status, self.choice, self.bound, proven)
