"""Room for one more: each witness is a plan, and fewer limits really would not do."""

from itertools import combinations

import numpy as np
import pytest

from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.counterfactual.relief import raised
from planner.optimiser.counterfactual.room import Room
from planner.optimiser.model.problem import HARD
from tests.planner.optimiser import brute
from tests.planner.optimiser.tiny import random_problem


def rooms(seeds, **features):
    """Yield rooms around the best plans of random problems."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, agents=4, options=3, **features)
        best = brute.optimum(problem)
        if best is None:
            continue
        places = np.ones(problem.num_options, bool)
        fixed = rng.random(problem.num_resources) < 0.1
        yield Room(problem, np.array(best[1], np.int64), places, fixed)


def after(room, witness):
    """Return the choice of a witness."""
    choice = room.choice.copy()
    choice[room.problem.option_agent[witness.options]] = witness.options
    return choice


def plans_with(room, changed, options, joins):
    """Return whether any plan of a changed problem gives one of these options, and
    everybody keeps a place; others without one may only join."""
    agent = int(room.problem.option_agent[options[0]])
    for _value, choice in brute.plans(changed):
        kept = all(choice[a] >= 0 for a in np.flatnonzero(room.placed))
        others = np.flatnonzero(~room.placed)
        stay = all(choice[a] < 0 or choice[a] in joins for a in others if a != agent)
        if kept and stay and choice[agent] in options:
            return True
    return False


def lifted(problem):
    """Return a problem without limits that may be broken at a price."""
    return problem.replace(
        resource_shortfall_price=np.where(
            problem.resource_shortfall_price == HARD, HARD, 0
        ),
        resource_excess_price=np.where(problem.resource_excess_price == HARD, HARD, 0),
    )


@pytest.mark.parametrize("tiers", [1, 2])
def test_everybody_keeps_a_place_and_the_asker_gets_one(tiers):
    asked = answered = 0
    for room in rooms(range(600), tiers=tiers):
        for agent in np.flatnonzero(~room.placed).tolist():
            own = range(*room.problem.agent_ptr[[agent, agent + 1]].tolist())
            asked += len(own) > 0
            witness = room.for_agent(agent, own) if len(own) else None
            if witness is None:
                continue
            answered += 1
            choice = after(room, witness)
            told = facts(raised(room.problem, witness.raises), choice)
            assert told.violations == ()
            assert told.tiers[0] > room.plan.tiers[0]
            assert choice[agent] == witness.options[0]
            assert (choice[room.placed] >= 0).all()
    assert asked > answered > 20


def test_the_best_plan_leaves_nobody_who_could_simply_be_placed():
    """The first tier is all there is: what needs no limit would be a better plan."""
    for room in rooms(range(600)):
        for agent in np.flatnonzero(~room.placed).tolist():
            own = range(*room.problem.agent_ptr[[agent, agent + 1]].tolist())
            witness = room.for_agent(agent, own) if len(own) else None
            assert witness is None or witness.raises


def test_fewer_limits_would_not_do_where_that_is_said():
    """Tried out: every set of fewer limits, and every plan."""
    said = 0
    for room in rooms(range(600)):
        for agent in np.flatnonzero(~room.placed).tolist():
            own = list(range(*room.problem.agent_ptr[[agent, agent + 1]].tolist()))
            witness = room.for_agent(agent, own) if own else None
            if witness is None or not witness.fewest or not witness.raises:
                continue
            said += 1
            limits = room._ceilings_of(np.array(own)) | room._floors_of(agent)
            joins = {
                o
                for cohort in room.closed_by(np.array(own))
                for o in room.users(cohort).tolist()
            }
            for few in combinations(limits, len(witness.raises) - 1):
                changed = raised(room.problem, {limit: limits[limit] for limit in few})
                assert not plans_with(room, lifted(changed), own, joins)
    assert said > 10


def test_a_cohort_runs_and_nobody_loses():
    ran = 0
    for room in rooms(range(800)):
        problem = room.problem
        closed = problem.resource_only_if_used & (room.plan.use == 0)
        for cohort in np.flatnonzero(closed).tolist():
            witness = room.for_cohort(cohort)
            if witness is None:
                continue
            choice = after(room, witness)
            told = facts(raised(problem, witness.raises), choice)
            assert told.violations == ()
            assert told.use[cohort] >= max(
                1,
                problem.resource_lower[cohort]
                * (problem.resource_shortfall_price[cohort] == HARD),
            )
            assert told.tiers[0] > room.plan.tiers[0]
            assert (choice[room.placed] >= 0).all()
            ran += 1
    assert ran > 3


def test_what_opens_is_part_of_what_is_lacking():
    """Judged on the problem as it is given: a witness tells of people alone."""
    placed = ran = uses = 0
    for seed in range(600):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, agents=4, options=3, opens=True)
        best = brute.optimum(problem)
        if best is None or not problem.resource_opens.any():
            continue
        choice = np.array(best[1], np.int64)
        before = facts(problem, choice)
        none = np.zeros(problem.num_resources, bool)
        room = Room(problem, choice, np.ones(problem.num_options, bool), none)

        def holds(witness, problem=problem, choice=choice, before=before):
            changed = choice.copy()
            changed[problem.option_agent[witness.options]] = witness.options
            told = facts(raised(problem, witness.raises), changed)
            assert told.violations == ()
            assert told.tiers[0] > before.tiers[0]
            assert (changed[choice >= 0] >= 0).all()
            return told

        for agent in np.flatnonzero(choice < 0).tolist():
            own = range(*problem.agent_ptr[[agent, agent + 1]].tolist())
            witness = room.for_agent(agent, own) if len(own) else None
            if witness is not None:
                assert problem.option_agent[witness.options[0]] == agent
                used = holds(witness).use
                opened = problem.resource_opens & (used > 0)
                uses += bool((opened & (before.use == 0)).any())
                placed += 1
        shut = problem.resource_only_if_used & (before.use == 0)
        for cohort in np.flatnonzero(shut).tolist():
            witness = room.for_cohort(cohort)
            if witness is not None:
                assert holds(witness).use[cohort] > 0
                ran += 1
    assert placed > 20
    assert ran > 3
    assert uses > 3
