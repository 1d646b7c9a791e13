"""The pipeline gives a plan also where a part of its time is gone."""

from dataclasses import replace

import numpy as np
import pytest

from planner.optimiser import Limits
from planner.optimiser.model.fees import joined
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.reduced_cost import reduced_values
from planner.optimiser.relaxation.subgradient import Descent
from planner.optimiser.search.decomposition import split
from planner.optimiser.search.pipeline import Pipeline
from tests.benchmarks import families
from tests.planner.optimiser.certificate.test_dual_bound import (
    cohort_of_two,
    course_fees,
)
from tests.planner.optimiser.search.test_decomposition import side_by_side


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


def test_fees_that_a_search_starts_from_are_in_what_it_proves():
    """No price proves less than 10 for a course of two with money for one."""
    fees = course_fees(2.0)
    near = Descent(np.array([-1.0, 2.0]), fees=fees)
    pipeline = Pipeline(cohort_of_two(), Watch(Limits(workers=1)), near=near)
    pipeline.near_prices()
    prices = pipeline.outcome().prices

    assert (prices.bound, prices.fees) == (9.0, fees)
    _, best = reduced_values(cohort_of_two(), prices)
    assert best.tolist() == [7.0, 0.0]


def test_fees_of_blocks_are_those_of_the_whole():
    """Two courses side by side, the second's after the first's."""
    both = side_by_side(cohort_of_two(), cohort_of_two())
    first, second = split(both, least=1)
    whole = joined([first.fees(course_fees(2.0)), second.fees(course_fees(3.0, 4.0))])

    assert whole.option.tolist() == [0, 2, 3]
    assert whole.resource.tolist() == [0, 2, 2]
    assert whole.fee.tolist() == [2.0, 3.0, 4.0]


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
