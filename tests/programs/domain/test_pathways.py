"""What is refused of a pathway."""

import pytest

from programs.domain import pathways
from programs.models import Pathway, PathwayStep
from tests import factories


def codes(refusals):
    return [refusal.code for refusal in refusals]


def test_how_many_pass_the_last_step_is_not_asked():
    steps = [
        PathwayStep(position=2, pass_percent=85),
        PathwayStep(position=1, pass_percent=95),
    ]
    assert codes(pathways.of_steps(steps)) == ["last-step-passes"]
    steps[0].pass_percent = None
    assert codes(pathways.of_steps(steps)) == []
    assert codes(pathways.of_steps([])) == []


@pytest.mark.django_db
def test_a_goal_is_one_of_the_pathways_program():
    goal = factories.program_goal.make()
    own = factories.intake.make(program=goal.program)
    assert codes(pathways.of_goal(Pathway(intake=own, goal=goal))) == []
    other = factories.intake.make()
    assert codes(pathways.of_goal(Pathway(intake=other, goal=goal))) == [
        "goal-of-another-program"
    ]
    assert codes(pathways.of_goal(Pathway(intake=other))) == []
