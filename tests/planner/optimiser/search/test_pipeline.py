"""The pipeline gives a plan also where a part of its time is gone."""

import numpy as np
import pytest

from planner.optimiser import Limits, SearchParameters
from planner.optimiser.model.fees import joined
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.reduced_cost import reduced_values
from planner.optimiser.relaxation.row_model import cohort_rows
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


@pytest.mark.parametrize("lp_agents", [0, 10_000], ids=["bids", "program"])
def test_cohorts_are_decided_by_a_program_or_by_bids(lp_agents):
    """Either way those that run are full enough, and the plan is near the bound."""
    tuned = SearchParameters.of({"pipeline": {"lp_agents": lp_agents}})
    problem = families.cohorts(600)
    watch = Watch(Limits(seconds=60, workers=1), parameters=tuned)
    pipeline = Pipeline(problem, watch, branches=False)
    pipeline.begin()
    pipeline.taken([pipeline.first_core, pipeline.decide_cohorts])

    cohorts = cohort_rows(pipeline.model.rows)
    closed = cohorts & (pipeline.plan_model.rows.upper == 0)
    use = pipeline.model.use(pipeline.best.choice)
    assert (pipeline.core is None) == (lp_agents == 0)
    assert 0 < closed.sum() < cohorts.sum()
    assert (use[closed] == 0).all()
    assert pipeline.best.objective > 0.98 * pipeline.descent.bound


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
