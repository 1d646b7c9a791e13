"""The pipeline gives a plan also where a part of its time is gone."""

from dataclasses import replace

import pytest

from planner.optimiser import Limits
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.search.pipeline import Pipeline
from tests.benchmarks import families


def test_a_tier_whose_part_of_the_time_is_gone_still_has_a_plan():
    """The run has a minute left: whoever waited for prices may go on to a plan."""
    watch = Watch(Limits(seconds=60, workers=1))
    with watch.share(1e-9):
        outcome = Pipeline(families.seats_and_budgets(300), watch).begin()

    assert (outcome.choice >= 0).sum() > 100


@pytest.mark.parametrize("stops", ["asked to", "no time at all"])
def test_whose_run_is_over_gets_no_more_time(stops):
    watch = Watch(Limits(seconds=60 if stops == "asked to" else 1e-9, workers=1))
    watch.stopped = stops == "asked to"

    outcome = Pipeline(families.seats_and_budgets(300), watch).begin()

    assert (outcome.choice < 0).all()


@pytest.mark.parametrize(
    ("limits", "uses", "seconds", "quick"),
    [
        (Limits(work=1, workers=1), 10**9, 1e9, True),
        (Limits(work=1, workers=1), 0, 0, False),
        (Limits(seconds=1000, workers=1), 0, 0, True),
        (Limits(seconds=1000, workers=1), 10**9, 900, False),
    ],
    ids=["few uses", "many uses", "took no time", "took nearly all"],
)
def test_many_linear_programs_are_solved_where_one_is_cheap(
    limits, uses, seconds, quick
):
    """Where work decides, by the size alone: a clock would change the plan."""
    pipeline = Pipeline(families.seats_and_budgets(30), Watch(limits))
    pipeline.tuned = replace(pipeline.tuned, quick_uses=uses)
    pipeline.core_seconds = seconds

    assert pipeline.quickly() is quick
