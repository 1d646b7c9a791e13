"""Prove an assignment optimal, from above by packing, from below by asking.

    cost(packing) >= optimum >= bound,   until  cost(packing) - bound < 1

A general solver has a glance first; then the heuristic (matheuristic.py) and the branch
and bound (Posta, Ferland and Michelon 2012; branch_and_bound.py) of this room play
rounds until plan and bound meet. All is whole numbers, so where they meet no second
method is needed.

Arrays: choice int64[agents] in options of the problem, -1 for nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.optimiser.assignment.generalised_assignment import Bins, as_bins
from planner.optimiser.assignment.matheuristic import Packing, warm_up
from planner.optimiser.mip.agreement import Agreement, AgreementOutcome
from planner.optimiser.mip.cpsat import Stop
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.parameters import (
    DEFAULTS,
    AssignmentParameters,
    SearchParameters,
)
from planner.optimiser.model.problem import FloatArray, IntArray, Problem
from planner.optimiser.model.result import Status

if TYPE_CHECKING:
    from planner.optimiser.relaxation.subgradient import DualSolution

WAITING = 0.1
"""Seconds between two looks at the caller while nothing else is done."""


def worthwhile_bins(problem: Problem, parameters: AssignmentParameters) -> Bins | None:
    """Return the bins of a problem that is worth this search, or None."""
    if problem.num_options < parameters.least_options:
        return None
    bins = as_bins(problem)
    return bins if bins is not None and bins.cells <= parameters.most_cells else None


def prove_assignment(
    bins: Bins,
    problem: Problem,
    choice: IntArray | None,
    prices: "DualSolution | None",
    *,
    limits: Limits,
    stop: Stop | None = None,
    on_plan: Callable[[IntArray], None] | None = None,
    parameters: SearchParameters = DEFAULTS,
) -> AgreementOutcome:
    """Search a problem of nothing but bins, as `agreement.prove` does any problem.

    Parameters
    ----------
    bins
        The problem as a table, of `worthwhile_bins`.
    choice, prices, limits, stop, on_plan
        As in `agreement.prove`.

    Returns
    -------
    AgreementOutcome
        `work` counts rounds, in the units of `limits.work`.
    """
    search = AssignmentSearch(
        problem, choice, prices, limits, stop, on_plan, (), parameters
    )
    tuned = parameters.assignment
    if search.choice is None:
        return search.settle(limits.seconds)
    ready = warm_up()
    outcome = search.glance()
    while ready.is_alive() and not outcome.proven and not search.over():
        if limits.work is None:
            outcome = search.settle(
                tuned.slice_seconds, enough=lambda: not ready.is_alive()
            )
        else:
            ready.join(WAITING)
    return outcome if outcome.proven or ready.is_alive() else search.pack(bins)


class AssignmentSearch(Agreement):
    """The general methods, with the rounds of this room after them."""

    def glance(self) -> AgreementOutcome:
        """Ask for so short that it is nearly free: some problems are that easy."""
        tuned = self.parameters.assignment
        if self.work is None:
            return self.settle(tuned.glance_share * self.limits.seconds)
        self.work = min(tuned.glance_work, self.work)
        return self.settle(self.limits.seconds)

    def pack(self, bins: Bins) -> AgreementOutcome:
        """Search from above and ask from below until they meet."""
        assert self.choice is not None
        packing = Packing(
            bins,
            bins.assigned(self.problem, self.choice),
            bins.job_prices(self.price()),
            seed=self.limits.seed,
            workers=self.limits.workers,
            parameters=self.parameters.assignment,
        )
        status = Status.UNKNOWN
        while status is Status.UNKNOWN and not self.over():
            if self.limits.work is not None and packing.units >= self.limits.work:
                break
            packing.round(self.ends)
            self.offer(bins.choice(packing.assigned))
            self.learn(float(-packing.bound // bins.unit))
            status = Status.OPTIMAL if packing.closed() else Status.UNKNOWN
        proven = status is Status.OPTIMAL
        return replace(self.outcome(status, proven=proven), work=packing.units)

    def price(self) -> FloatArray:
        """Return the prices of the resources, zeros where nothing better is known."""
        nothing = np.zeros(self.problem.num_resources)
        return nothing if self.prices is None else self.prices.price
