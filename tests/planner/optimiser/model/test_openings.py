"""What opens, written as agents: the same plans at the same values."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from planner.optimiser import Limits, Plan, Problem, check, solve
from planner.optimiser.model.openings import written
from planner.optimiser.model.validate import ProblemError
from tests.planner.optimiser import brute, strategies

few = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@given(strategies.problems(max_agents=4))
@few
def test_every_plan_is_one_of_the_problem_with_agents(problem):
    """And nothing more is: the best values are the same, written either way."""
    for tight in (True, False):
        given = written(problem, tight=tight)
        for values, choice in brute.plans(problem):
            inside = given.inside(np.array(choice, dtype=np.int64))
            assert brute.value_of(given.problem, inside) == values
            assert given.outside(inside).tolist() == list(choice)
        best = brute.optimum(problem)
        other = brute.optimum(given.problem)
        assert (best is None) == (other is None)
        assert best is None or best[0] == other[0]


def test_a_problem_without_openings_is_left_as_it_is(knapsack):
    assert written(knapsack).problem is knapsack


def course(trainers, value=-3):
    """Three people at 2 each; two courses of two that cost, and need a trainer each."""
    return Problem(
        agent_must=[False] * 3,
        option_agent=[0, 0, 1, 1, 2, 2],
        option_value=[2, 2, 2, 2, 2, 2],
        use_ptr=range(7),
        use_resource=[0, 1] * 3,
        use_amount=[1] * 6,
        resource_upper=[2, 2, trainers],
        resource_lower=[1, 1, 0],
        resource_only_if_used=[True, True, False],
        resource_shortfall_price=[-1] * 3,
        resource_excess_price=[-1] * 3,
        supply_upper=[],
        supply_ptr=[0] * 4,
        supply_index=[],
        opening_ptr=[0, 1, 2, 2],
        opening_resource=[2, 2],
        opening_amount=[1, 1],
        opening_value=[value, value, 0],
        resource_id=["course:a", "course:b", "trainer"],
    )


def best(problem):
    result = solve(problem, limits=Limits(seconds=10, workers=1))
    assert check(problem, result).violations == ()
    assert result.status == "optimal"
    return result


def test_a_course_that_costs_runs_if_those_in_it_pay_for_it():
    """Two people are worth 4 and the course costs 3; the third would lose 1."""
    result = best(course(trainers=2))
    assert (result.objective, result.plan.num_placed) == (1, 2)
    assert best(course(trainers=2, value=-5)).plan.num_placed == 0


def test_a_course_needs_its_trainer_once():
    """At no cost three people fill two courses, where there are two trainers."""
    result = best(course(trainers=2, value=0))
    assert result.plan.num_placed == 3
    assert result.plan.use.tolist()[2] == 2
    assert best(course(trainers=1, value=0)).plan.num_placed == 2
    assert best(course(trainers=0, value=0)).plan.num_placed == 0


def test_a_course_is_priced_by_what_it_opens():
    """The check counts the cost and the trainer, and says so in words."""
    problem = course(trainers=1)
    both = Plan.of(problem, np.array([0, 3, -1]))
    assert (both.objective, both.use.tolist()) == (-2, [1, 1, 2])
    result = best(problem)
    verdict = check(course(trainers=0), result)
    assert any("'trainer': 1 used, upper limit 0" in v for v in verdict.violations)


def test_a_trainer_that_is_missing_is_named_when_nothing_is_possible():
    """Two must come, to one course each: one trainer more is enough, and one less
    course is not theirs to decide."""
    problem = course(trainers=1).replace(
        agent_must=[True, True, True], resource_upper=[2, 1, 1]
    )
    result = solve(problem, limits=Limits(seconds=10, workers=1))
    assert (result.status, result.termination) == ("infeasible", "proved")
    assert check(problem, result).violations == ()
    told = {(each.limit, each.kind, each.by) for each in result.conflict}
    assert ("trainer", "upper", 1) in told
    assert not any(limit.isdigit() for limit, kind, _ in told if kind != "must")


def test_what_opens_gives_back_what_its_users_use_and_no_more():
    """Whoever is in a course uses two chairs, and a course that runs gives back two:
    the first person in it sits on the trainer's."""
    uses = {
        "use_ptr": range(0, 14, 2),
        "use_resource": [0, 2, 1, 2] * 3,
        "use_amount": [1, 2] * 6,
    }
    problem = course(trainers=2, value=0).replace(**uses, opening_amount=[-2, -2])
    assert problem.own_use.tolist() == [1, 0] * 6
    result = best(problem)
    assert (result.plan.num_placed, result.plan.use.tolist()[2]) == (3, 2)
    with pytest.raises(ProblemError, match=r"3 of resource 'trainer' given back, but"):
        problem.replace(opening_amount=[-2, -3])
