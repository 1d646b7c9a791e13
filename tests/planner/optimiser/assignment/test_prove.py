"""Bins from both sides: the same proof as the general methods, and work that counts."""

import threading

import pytest

from planner.optimiser.assignment import prove as proofs
from planner.optimiser.assignment.generalised_assignment import as_bins
from planner.optimiser.assignment.prove import prove_assignment
from planner.optimiser.mip.agreement import prove
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.parameters import SearchParameters
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.result import Status
from tests.planner.optimiser.assignment.test_matheuristic import (
    QUICK,
    all_plans,
    jobs_and_machines,
    plain_kernels as plain_kernels,
)
from tests.planner.optimiser.tiny import best_tiers

TUNED = SearchParameters(assignment=QUICK)


@pytest.fixture(autouse=True)
def warm_kernels(monkeypatch):
    """Nothing has to be compiled first."""
    monkeypatch.setattr(proofs, "warm_up", threading.Thread)


@pytest.fixture
def blind_solver(monkeypatch):
    """The general methods settle nothing at a glance."""
    monkeypatch.setattr(
        proofs.AssignmentSearch,
        "glance",
        lambda self: self.outcome(Status.UNKNOWN, proven=False),
    )


def start_of(problem):
    return next(choice for choice, _ in all_plans(problem))


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_both_sides_agree_with_the_general_methods(seed, free, blind_solver):
    """From above by packing, from below by asking: the same optimum, proven."""
    problem = jobs_and_machines(seed, free=free)
    limits = Limits(seconds=30, workers=1)
    outcome = prove_assignment(
        as_bins(problem),
        problem,
        start_of(problem),
        None,
        limits=limits,
        parameters=TUNED,
    )
    expected = prove(problem, None, None, limits=limits)
    assert (outcome.status, outcome.proven) == (Status.OPTIMAL, True)
    assert (
        Plan.of(problem, outcome.choice).tiers
        == Plan.of(problem, expected.choice).tiers
        == best_tiers(problem)
    )
    assert outcome.bound == best_tiers(problem)[0]


def test_a_solver_has_a_glance_first(monkeypatch):
    """What it settles and a second method confirms never comes to the rounds."""
    monkeypatch.setattr(proofs.AssignmentSearch, "pack", None)
    problem = jobs_and_machines(3)
    for limits in (Limits(seconds=200, workers=1), Limits(workers=1, work=5)):
        outcome = prove_assignment(
            as_bins(problem),
            problem,
            start_of(problem),
            None,
            limits=limits,
            parameters=TUNED,
        )
        assert (outcome.status, outcome.proven) == (Status.OPTIMAL, True)


def test_a_limit_on_work_ends_the_search_of_bins(monkeypatch, blind_solver):
    """Without a round nothing is proven; what was done is counted."""
    problem = jobs_and_machines(0)

    def within(work):
        limits = Limits(seconds=30, workers=1, work=work)
        return prove_assignment(
            as_bins(problem),
            problem,
            start_of(problem),
            None,
            limits=limits,
            parameters=TUNED,
        )

    none = within(0)
    assert (none.status, none.proven, none.work) == (Status.UNKNOWN, False, 0)
    assert within(1).work > 0
