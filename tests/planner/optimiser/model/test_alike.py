"""Exchanging what alike agents have is a plan again, worth the same in every tier."""

import numpy as np
from hypothesis import HealthCheck, given, settings, strategies as st

from planner.optimiser.model.alike import alike, drawn
from planner.optimiser.model.problem import pointers
from tests.planner.optimiser import brute, strategies


def doubled(problem):
    """Return a problem in which everybody has a twin, in all but the index."""
    agents = np.repeat(np.arange(problem.num_agents), 2)
    spans = [np.arange(*problem.agent_ptr[[a, a + 1]]) for a in agents]
    option = np.concatenate([np.zeros(0, np.int64), *spans]).astype(np.int64)
    uses = [np.arange(*problem.use_ptr[[o, o + 1]]) for o in option]
    use = np.concatenate([np.zeros(0, np.int64), *uses]).astype(np.int64)
    return problem.replace(
        agent_must=problem.agent_must[agents],
        option_agent=np.repeat(np.arange(len(agents)), [len(s) for s in spans]),
        option_value=problem.option_value[option],
        use_ptr=pointers(np.array([len(u) for u in uses], np.int64)),
        use_resource=problem.use_resource[use],
        use_amount=problem.use_amount[use],
        agent_id=None,
        option_id=None,
    )


@given(strategies.problems(max_agents=2, max_options=2), st.integers(0, 99))
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_a_draw_keeps_every_plan_and_all_its_values(problem, seed):
    problem = doubled(problem)
    keys = [
        str(n) for n in np.random.default_rng(seed).permutation(len(problem.agent_must))
    ]
    keys[0] = None
    for values, choice in brute.plans(problem):
        after, groups = drawn(problem, np.array(choice, np.int64), keys)
        assert brute.value_of(problem, after) == values
        again, same = drawn(problem, after, keys)
        assert (again.tolist(), same) == (after.tolist(), groups)
        assert not any(0 in group for group in groups)


def test_the_lowest_lot_gets_what_is_worth_most(knapsack):
    twins = doubled(knapsack)
    group = alike(twins)[0][:2]
    first, second = (agent for agent, _own in group)
    choice = np.full(twins.num_agents, -1, np.int64)
    choice[first] = group[0][1][0]
    keys = ["b" if agent == first else "a" for agent in range(twins.num_agents)]
    after, groups = drawn(twins, choice, keys)
    assert (after[first], after[second]) == (-1, group[1][1][0])
    assert (groups[0][0], groups[0][-1]) == (second, first)
