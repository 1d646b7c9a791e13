"""Every plan is dry before it is given out: nobody could simply be placed."""

import numpy as np
import pytest

from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.search.pipeline import Pipeline
from tests.benchmarks.dryness import judge
from tests.planner.optimiser.intakes import intake


def could_be_placed(problem, choice):
    """Return who has an option of some value that keeps every limit as things are."""
    found = []
    for agent in np.flatnonzero(choice < 0).tolist():
        for option in range(*problem.agent_ptr[agent : agent + 2].tolist()):
            changed = choice.copy()
            changed[agent] = option
            told = facts(problem, changed)
            if not told.violations and told.tiers[0] > facts(problem, choice).tiers[0]:
                found.append(agent)
                break
    return found


def without_every_third(problem):
    """Return a pipeline whose first plan has lost every third person, and that plan."""
    pipeline = Pipeline(problem, Watch(Limits(seconds=60)))
    pipeline.start_from(None)
    pipeline.first_prices()
    pipeline.first_plan()
    choice = pipeline.best.choice.copy()
    choice[::3] = -1
    pipeline.best.choice, pipeline.best.objective = choice, -1
    return pipeline, choice


@pytest.mark.parametrize("seed", range(4))
def test_what_a_search_ends_with_leaves_nobody_who_fits(seed):
    """Even where the time was up before anything was polished."""
    problem = intake(people=80, slots=6, seed=seed, floor=3, budget=0.6)
    pipeline, half = without_every_third(problem)
    assert could_be_placed(problem, half)
    assert pipeline.dry()
    assert facts(problem, pipeline.best.choice).violations == ()
    assert could_be_placed(problem, pipeline.best.choice) == []


@pytest.mark.parametrize("seed", range(3))
def test_no_small_program_finds_more(seed):
    """By a judge of its own, limit by limit, with all people in each program."""
    problem = intake(people=80, slots=6, seed=seed, floor=3, budget=0.6)
    pipeline, half = without_every_third(problem)
    assert judge(problem, half, people=30, seconds=60)[0]

    pipeline.dry()

    found, after, unsolved = judge(problem, pipeline.best.choice, people=30, seconds=60)
    assert (found, unsolved) == ([], 0)
    assert (after == pipeline.best.choice).all()
