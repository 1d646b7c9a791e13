"""The sentence of the proof: one place for desk, terminal, pack and API."""

import io

import pytest

from planner.management.report import Report
from planner.models import AllocationRun, RunState
from planner.models.quality import in_every_language, quality, told_tier


def infeasible(termination):
    return AllocationRun(
        number=1,
        state=RunState.INFEASIBLE,
        termination=termination,
        summary={"conflict": []},
    )


@pytest.mark.parametrize(
    ("termination", "sentence"),
    [
        ("proved", "proven: no plan keeps all hard limits"),
        (
            "agreed",
            "two solvers agree that no plan keeps all hard limits; it is not proven",
        ),
    ],
)
def test_that_there_is_no_plan_is_told_as_far_as_it_is_proven(termination, sentence):
    run = infeasible(termination)
    assert quality(run) == sentence
    assert in_every_language(run)["en"] == sentence
    printed = io.StringIO()
    assert not Report(run, printed).print()
    assert sentence in printed.getvalue()


def test_a_run_that_is_not_done_says_nothing_of_a_proof():
    assert in_every_language(AllocationRun(state=RunState.RUNNING)) is None


def test_a_bound_between_whole_people_is_the_lower_one():
    tier = {"name": "people", "value": 337, "bound": 340.97, "gap": 0.0118}
    told = told_tier(tier)
    assert (told["bound"], told["sign"]) == (340, "≤")
    assert told["gap"] == pytest.approx(3 / 337)
