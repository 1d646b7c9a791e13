"""A first plan without machine code: it keeps every limit, and few options make it."""

import numpy as np
import pytest

from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.kernels.dispatch import COMPILE_FROM
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.plain_start import few_options, plain_start
from planner.optimiser.relaxation.row_model import flatten
from tests.benchmarks.families import FAMILIES


@pytest.mark.parametrize("family", ["seats", "cohorts", "pools", "pathways"])
def test_the_first_plan_keeps_every_limit_and_is_better_than_none(family):
    problem = FAMILIES[family](700)

    choice = plain_start(flatten(problem), Watch(Limits(seconds=60)))

    told, nobody = facts(problem, choice), np.full(problem.num_agents, -1)
    assert told.violations == ()
    assert told.tiers > facts(problem, nobody).tiers


def test_the_options_that_are_left_are_the_most_valuable_of_each_agent():
    whole = flatten(FAMILIES["cohorts"](1000))
    assert whole.num_uses >= COMPILE_FROM

    few = few_options(whole)

    assert few.num_uses < COMPILE_FROM
    left = np.setdiff1d(np.arange(whole.num_options), few.option)
    kept = few.value[few.agent_ptr[:-1]].copy()
    np.minimum.at(kept, few.option_agent, few.value)
    assert (np.diff(few.agent_ptr) > 0).all()
    assert (whole.value[left] <= kept[whole.option_agent[left]]).all()


def test_what_has_too_many_agents_is_left_to_machine_code():
    whole = flatten(FAMILIES["seats"](10_000))

    assert few_options(whole) is None
