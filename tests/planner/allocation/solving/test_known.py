"""A later run starts from the plan that an earlier one of its intakes has."""

import numpy as np
import pytest

from planner.allocation.decisions import budget_trials
from planner.allocation.results import files
from planner.allocation.solving import execute, known
from tests.planner.allocation.worlds import NOW, fresh

pytestmark = pytest.mark.django_db


def choice_of(run):
    """Return the problem and the choice that a run has stored."""
    problem = files.problem(run)
    with files.unpacked(run) as folder:
        return problem, files.claim(folder, problem).choice


def test_a_run_of_the_same_intakes_starts_from_the_last_plan(world, plan):
    slot = world.slot()
    for _ in range(3):
        world.person(slot)
    problem, choice = choice_of(plan())
    later = world.run()
    found = known.plan_at_hand(fresh(later), problem)
    np.testing.assert_array_equal(found, choice)


def test_a_run_whose_work_is_limited_starts_from_nothing(world, plan):
    """It is the same on every machine, whatever was solved before."""
    world.person(world.slot())
    problem, _ = choice_of(plan())
    assert known.plan_at_hand(fresh(world.run(work=1_000_000)), problem) is None


def test_without_an_earlier_plan_there_is_none_at_hand(world):
    world.person(world.slot())
    assert known.plan_at_hand(fresh(world.run()), None) is None


def test_a_choice_moves_by_the_names_of_people_and_options(world, plan):
    """Who is no longer there is left out, and numbers may be others."""
    slot = world.slot()
    for _ in range(3):
        world.person(slot)
    problem, choice = choice_of(plan())
    keeps = np.arange(problem.num_agents) > 0
    options = keeps[problem.option_agent]
    fewer = smaller(problem, keeps, options)
    moved = known.moved(problem, choice, fewer)
    placed = {fewer.agent_name(a) for a in np.flatnonzero(moved >= 0)}
    before = {problem.agent_name(a) for a in np.flatnonzero(choice >= 0)}
    assert placed == before - {problem.agent_name(0)}


def smaller(problem, agents, options):
    """Return the problem with only these agents, who keep their options."""
    sizes = np.diff(problem.use_ptr)
    uses = np.repeat(options, sizes)
    place = np.cumsum(agents) - 1
    return problem.replace(
        agent_must=problem.agent_must[agents],
        agent_id=problem.agent_id[agents],
        option_agent=place[problem.option_agent[options]],
        option_id=None if problem.option_id is None else problem.option_id[options],
        option_value=problem.option_value[options],
        use_ptr=np.append(0, np.cumsum(sizes[options])),
        use_resource=problem.use_resource[uses],
        use_amount=problem.use_amount[uses],
    )


def test_a_budget_that_is_tried_starts_from_the_plan_it_is_tried_for(world, plan):
    """A trial with less money is newer, and its plan has fewer people."""
    slot = world.slot(seats=3)
    world.cost(10_000_000, world.source("bssn", 20_000_000))
    for _ in range(3):
        world.person(slot)
    run = plan()
    problem, choice = choice_of(run)
    line = run.prices.get(kind="budget")
    (less,) = budget_trials._ask(run, [(line, 10_000)], by=world.planner, now=NOW)
    execute.execute(less.pk)
    (more,) = budget_trials.ask_more(
        run, [line], more={line.pk: 10_000}, by=world.planner, now=NOW
    )
    assert fresh(less).summary["placed"] == 1
    found = known.plan_at_hand(fresh(more), problem)
    np.testing.assert_array_equal(found, choice)
    execute.execute(more.pk)
    assert fresh(more).summary["placed"] == 3
