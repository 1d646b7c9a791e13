"""Against brute force: optimum, status and termination are true on every feature."""

import numpy as np
from hypothesis import HealthCheck, given, settings

from planner.optimiser import Limits, Plan, Status, Termination, check, solve
from tests.planner.optimiser import brute, strategies

LIMITS = Limits(seconds=20, workers=1)
few = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@given(strategies.problems())
@few
def test_the_result_is_the_optimum_of_brute_force(problem):
    best = brute.optimum(problem)
    result = solve(problem, limits=LIMITS)
    assert check(problem, result).violations == ()
    assert result.termination == Termination.PROVED
    if best is None:
        assert result.status == Status.INFEASIBLE
        assert result.plan is None
        return
    values, _ = best
    assert result.status == Status.OPTIMAL
    assert result.plan.tiers == values
    assert brute.value_of(problem, result.plan.choice) == values


@given(strategies.problems())
@few
def test_no_result_is_worse_than_the_plan_it_starts_from(problem):
    """Even when the search may do nothing at all."""
    plans = list(brute.plans(problem))
    if not plans:
        return
    values, choice = plans[len(plans) // 2]
    limits = Limits(seconds=20, workers=1, work=0)
    result = solve(problem, limits=limits, warm_start=np.array(choice))
    assert result.plan.tiers >= values


@given(strategies.problems())
@few
def test_a_plan_counts_what_brute_force_counts(problem):
    """`Plan.of` and brute force agree on every feasible plan."""
    for values, choice in brute.plans(problem):
        assert Plan.of(problem, np.array(choice)).tiers == values
