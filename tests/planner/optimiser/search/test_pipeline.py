"""The pipeline gives a plan also where a part of its time is gone."""

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
