"""Limits that give way: the elastic problem has the plans of the raised one."""

import numpy as np
import pytest

from planner.optimiser.conflicts.elastic_lp import Limit
from planner.optimiser.counterfactual.relief import elastic, needed, raised
from planner.optimiser.model.problem import UNLIMITED
from tests.planner.optimiser import brute
from tests.planner.optimiser.tiny import random_problem


def limits_of(problem, rng):
    """Return some limits of a problem that may give way, each by a little."""
    hard_above = problem.resource_excess_price < 0
    hard_below = problem.resource_shortfall_price < 0
    every = [
        *(
            Limit("upper", r)
            for r in range(problem.num_resources)
            if hard_above[r] and problem.resource_upper[r] < UNLIMITED
        ),
        *(
            Limit("lower", r)
            for r in range(problem.num_resources)
            if hard_below[r]
            and problem.resource_lower[r] > 0
            and not problem.resource_only_if_used[r]
        ),
        *(Limit("supply", f) for f in range(problem.num_supplies)),
    ]
    return {
        limit: int(rng.integers(1, 6))
        for limit in every
        if rng.random() < 0.6
        and (
            limit.kind != "lower"
            or limit.index not in {e.index for e in every if e.kind == "upper"}
            or rng.random() < 0.5
        )
    }


@pytest.mark.parametrize("seed", range(60))
def test_an_elastic_plan_is_a_plan_of_what_gave_way(seed):
    """Both sides tried out: every plan, with every set of limits that give way."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, agents=3, options=2)
    raises = limits_of(problem, rng)
    limits = list(raises)

    told = {}
    for value, choice in brute.plans(elastic(problem, raises, 1000)):
        own = choice[problem.num_agents :]
        gives = frozenset(
            limit
            for limit, option in zip(limits, own, strict=True)
            if (option - problem.num_options) % 2
        )
        told[choice[: problem.num_agents], gives] = value[0] + 1000 * len(gives)

    expected = {}
    for at in range(2 ** len(limits)):
        chosen = {x for bit, x in enumerate(limits) if at >> bit & 1}
        changed = raised(problem, {x: raises[x] for x in chosen})
        for value, choice in brute.plans(changed):
            expected[choice, frozenset(chosen)] = value[0]
    assert told == expected


@pytest.mark.parametrize("seed", range(60))
def test_what_is_needed_is_enough_and_nothing_less_is(seed):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, agents=3, options=2)
    raises = limits_of(problem, rng)
    plans = list(brute.plans(raised(problem, raises)))
    for _value, choice in plans[:: max(1, len(plans) // 20)]:
        least = needed(problem, np.array(choice), raises)
        assert brute.value_of(raised(problem, least), choice) is not None
        for limit, by in least.items():
            fewer = raised(problem, least | {limit: by - 1})
            assert brute.value_of(fewer, choice) is None
