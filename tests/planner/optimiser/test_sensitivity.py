"""What an agent, a limit and a change are told."""

import numpy as np
import pytest

from planner.optimiser import Limits, explain, solve
from planner.optimiser.files.problem_json import problem_from_document
from planner.optimiser.sensitivity import ExplainError, limits_in_force, what_if

LIMITS = Limits(seconds=20)


@pytest.fixture
def result(problem):
    return solve(problem, limits=LIMITS)


def test_the_chosen_option_has_nothing_in_its_way(problem, result):
    story = explain(problem, result, agent="ani")
    (option,) = story.options
    assert (story.chosen, option.is_chosen, option.value) == (0, True, (812,))
    assert option.obstacles == ()
    assert option.loss == 0
    assert option.cost == sum(charge.cost for charge in option.charges)


def test_a_full_seat_stands_in_the_way(problem, result):
    """Budi's option is worth 640; the seat costs at least that, and is taken."""
    (option,) = explain(problem, result, agent=1).options
    assert not option.is_chosen
    assert option.cost >= 640
    assert option.loss == pytest.approx(option.cost - 640)
    (obstacle,) = option.obstacles
    assert (obstacle.limit, obstacle.kind) == (("seat:penang-atp",), "full")
    assert obstacle.missing == 1
    assert obstacle.price == pytest.approx(option.cost)


def test_spent_money_stands_in_the_way(problem):
    """With two seats, 12,900 is needed where 9,800 can be given."""
    problem = problem.replace(resource_upper=[2, 2**62], supply_upper=[9000, 800])
    result = solve(problem, limits=LIMITS)
    (option,) = explain(problem, result, agent="budi").options
    (obstacle,) = option.obstacles
    assert obstacle.kind == "money"
    assert obstacle.missing == 3100
    assert set(obstacle.limit) == {"line:lpdp-2027", "line:kemenperin-2027"}


def test_a_cohort_one_short_stands_in_the_way(document):
    """The cohort needs two and only Budi wants it, at a lower value than his other."""
    document["resources"] = [
        {"id": "cohort", "upper": 5, "lower": 2, "only_if_used": True},
        {"id": "other", "upper": 1, "lower": 1},
    ]
    document["supplies"] = []
    document["options"] = [
        {"agent": "budi", "id": "cohort", "value": 9, "uses": {"cohort": 1}},
        {"agent": "budi", "id": "other", "value": 1, "uses": {"other": 1}},
    ]
    problem = problem_from_document(document)
    result = solve(problem, limits=LIMITS)
    stories = {s.name: s for s in explain(problem, result, agent="budi").options}
    kinds = {o.limit[0]: (o.kind, o.missing) for o in stories["cohort"].obstacles}
    assert kinds == {"cohort": ("cohort", 1), "other": ("floor", 1)}


def test_limits_in_force_start_with_the_dearest(problem, result):
    first, *rest = limits_in_force(problem, result)
    assert (first.name, first.use, first.upper) == ("seat:penang-atp", 1, 1)
    assert first.price >= 640
    assert {story.name for story in rest} == {
        "pool:airfare:2027",
        "line:lpdp-2027",
        "line:kemenperin-2027",
    }


def test_what_if_solves_again(problem, result):
    """A second seat lets Budi go too: 640 more, and one agent moved."""
    change = what_if(problem, result, limit="seat:penang-atp", upper=2)
    assert change.result.objective == 1452
    assert change.gained == (640,)
    assert change.moved.tolist() == [1]


def test_what_if_of_a_line(problem, result):
    """Less money than Ani's ticket costs: nobody goes."""
    poor = problem.replace(supply_upper=[3200, 0])
    change = what_if(poor, solve(poor), limit="line:lpdp-2027", upper=3199)
    assert change.gained == (-812,)


def test_what_if_may_be_infeasible(problem):
    must = problem.replace(agent_must=[True, False])
    change = what_if(must, solve(must), limit="seat:penang-atp", upper=0)
    assert change.result.plan is None
    assert change.gained is None


def test_questions_without_an_answer(problem, result):
    with pytest.raises(ExplainError, match="there is no agent 'eko'"):
        explain(problem, result, agent="eko")
    with pytest.raises(ExplainError, match="there is no agent 7: there are 2"):
        explain(problem, result, agent=7)
    with pytest.raises(ExplainError, match="there is no limit 'x'"):
        what_if(problem, result, limit="x", upper=1)
    with pytest.raises(ExplainError, match="is a supply line"):
        what_if(problem, result, limit="line:lpdp-2027", lower=1)


def test_tiers_are_told_in_the_units_of_the_last(problem):
    """Placing people comes first: its price turns placements into points."""
    values = np.array([[1, 812], [1, 640]])
    tiered = problem.replace(option_value=values)
    result = solve(tiered, limits=LIMITS)
    (option,) = explain(tiered, result, agent="ani").options
    assert option.value == (1, 812)
    assert option.worth == pytest.approx(812 - result.tier_price[0])
