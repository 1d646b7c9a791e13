"""Every question asked divides its node, and says where a step begins."""

import numpy as np
import pytest

from planner.optimiser import Problem
from planner.optimiser.certificate.node import Bounds, Question, counted
from planner.optimiser.tree.branching import about, candidates, product
from planner.optimiser.tree.glop import Glop
from planner.optimiser.tree.lp import Relaxation, Solution
from tests.planner.optimiser import tiny


def test_every_question_divides_its_node():
    """Neither side is the node again, and no question is asked twice."""
    kinds = set()
    for seed in range(150):
        rng = np.random.default_rng(seed)
        question = Question(tiny.random_problem(rng, agents=6, opens=True), 0, ())
        solution = Relaxation(question, Glop()).solve()
        if solution.bound is None:
            continue
        bounds = Bounds.of(question.problem)
        asked = candidates(question, bounds, solution)
        for kind, index, what in asked:
            kinds.add(kind)
            if kind == "use":
                assert bounds.low[index] <= what < bounds.high[index]
            elif kind == "count":
                some = counted(question.problem, tuple(index))
                assert what < solution.x[some].sum() < what + 1
            else:
                assert 0 < solution.x[what[0]] < 1
                assert question.problem.option_agent[what[0]] == index
        assert len({str(each) for each in asked}) == len(asked)
    assert kinds == {"use", "count", "agent"}


@pytest.mark.parametrize(
    ("use", "asked"),
    [
        (5.5, [["use", 0, 5], ["use", 0, 6]]),
        (5.0, [["use", 0, 6]]),
        (7.0, []),
        (10.0, []),
    ],
)
def test_a_part_of_a_step_is_asked_about_where_the_next_one_begins(use, asked):
    """Of a minimum of 10 in steps of 3, 7 and more miss one step, 6 and less two."""
    problem = Problem(
        agent_must=[False] * 12,
        option_agent=np.arange(12),
        option_value=np.ones(12, dtype=int),
        use_ptr=np.arange(13),
        use_resource=np.zeros(12, dtype=int),
        use_amount=np.ones(12, dtype=int),
        resource_upper=[12],
        resource_lower=[10],
        resource_only_if_used=[False],
        resource_shortfall_price=[5],
        resource_excess_price=[-1],
        resource_step=[3],
        supply_upper=[],
        supply_ptr=[0, 0],
        supply_index=[],
    )
    solution = Solution(0.0, np.zeros(12), {}, np.array([use]), np.zeros(0))
    assert candidates(Question(problem, 0, ()), Bounds.of(problem), solution) == asked


def test_questions_about_the_same_opening_are_of_one_kind_and_both_sides_count():
    assert about(["use", 3, 0]) != about(["use", 3, 1])
    assert about(["use", 3, 1]) == about(["use", 3, 2])
    assert product([2.0, 2.0]) > product([4.0, 0.0])
