"""What prices leave open is settled as brute force says, or left alone."""

from dataclasses import replace

import numpy as np
import pytest

from planner.optimiser.model.limits import Limits
from planner.optimiser.model.result import Status
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.search.exact import settle_exactly
from planner.optimiser.search.pipeline import Pipeline
from tests.planner.optimiser import brute, tiny


def begun(seed, *, limits=None):
    """Return a pipeline with its first plan, and the value of the best plan."""
    problem = tiny.random_problem(np.random.default_rng(seed), agents=5)
    pipeline = Pipeline(problem, Watch(limits or Limits(seconds=30, workers=1)))
    pipeline.start_from(None)
    pipeline.first_prices()
    best = brute.optimum(problem)
    return pipeline, None if best is None else best[0][0]


@pytest.mark.parametrize("seed", range(12))
def test_what_is_open_is_settled_as_brute_force_says(seed):
    pipeline, best = begun(seed)
    outcome = settle_exactly(pipeline, pipeline.outcome(), 20.0)
    assert outcome.proven
    if best is None:
        assert (outcome.status, outcome.choice) == (Status.INFEASIBLE, None)
    else:
        assert outcome.status == Status.OPTIMAL
        assert pipeline.model.objective(outcome.choice) == best


def test_more_open_options_than_are_allowed_are_left_alone():
    pipeline, _ = begun(2)
    pipeline.tuned = replace(pipeline.tuned, exact_options=0)
    outcome = pipeline.outcome()
    assert settle_exactly(pipeline, outcome, 20.0) is outcome


def test_nothing_is_asked_where_no_prices_bound_the_problem():
    pipeline, _ = begun(2)
    outcome = pipeline.outcome()
    unbounded = replace(outcome, prices=replace(outcome.prices, bound=np.inf))
    assert settle_exactly(pipeline, unbounded, 20.0) is unbounded
