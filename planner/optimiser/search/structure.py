"""Structures with a method of their own: the only door from the search to them.

There is one, generalised assignment (`assignment/`): problems that are nothing but
bins. Seats and money together are more than bins, so no plan of people to places comes
here, and the room is imported only where a problem may be one.
"""

from collections.abc import Callable
from functools import partial

from planner.optimiser.mip.agreement import AgreementOutcome
from planner.optimiser.model.parameters import DEFAULTS, SearchParameters
from planner.optimiser.model.problem import Problem

Prove = Callable[..., AgreementOutcome]


def proof_of_structure(
    problem: Problem, parameters: SearchParameters = DEFAULTS
) -> Prove | None:
    """Return what proves such a problem, called as `agreement.prove` is, or None."""
    if problem.resource_supplied.any() or (problem.resource_lower > 0).any():
        return None
    # Kept off the main path: kernels and tables for the few problems that need them.
    from planner.optimiser.assignment.prove import prove_assignment, worthwhile_bins

    bins = worthwhile_bins(problem, parameters.assignment)
    return None if bins is None else partial(prove_assignment, bins)
