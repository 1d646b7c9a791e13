"""Parts with nothing scarce in common: found, solved apart, put together."""

from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from planner.optimiser import (
    Limits,
    Problem,
    SearchParameters,
    Status,
    check,
    solve,
)
from planner.optimiser.model.problem import UNLIMITED, pointers
from planner.optimiser.search import decomposition
from planner.optimiser.search.decomposition import split
from tests.planner.optimiser import brute, strategies, tiny

LIMITS = Limits(seconds=20, workers=1)
few = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def side_by_side(one, other):
    """Return a problem of two that know nothing of each other."""

    def joined(name):
        return np.concatenate([getattr(one, name), getattr(other, name)])

    def counted(name):
        return pointers(np.concatenate([np.diff(getattr(p, name)) for p in both]))

    both = (one, other)
    plain = [
        "agent_must", "use_amount", "resource_upper", "resource_lower",
        "resource_only_if_used", "resource_shortfall_price", "resource_excess_price",
        "resource_step", "supply_upper",
    ]  # fmt: skip
    tiers = max(problem.num_tiers for problem in both)
    values = [problem.option_value.reshape(-1, tiers) for problem in both]
    return Problem(
        option_value=np.concatenate(values),
        option_agent=np.append(one.option_agent, other.option_agent + one.num_agents),
        use_ptr=counted("use_ptr"),
        use_resource=np.append(
            one.use_resource, other.use_resource + one.num_resources
        ),
        supply_ptr=counted("supply_ptr"),
        supply_index=np.append(one.supply_index, other.supply_index + one.num_supplies),
        **{name: joined(name) for name in plain},
    )


@st.composite
def pairs(draw):
    tiers = draw(st.integers(1, 2))
    small = strategies.problems(
        max_agents=3, max_resources=3, min_tiers=tiers, max_tiers=tiers, opens=False
    )
    return side_by_side(draw(small), draw(small))


SMALL_BLOCKS = SearchParameters.of({"decomposition": {"least_options": 1}})
"""The smallest blocks are searched apart."""

solve_apart = partial(solve, parameters=SMALL_BLOCKS)


@given(problem=pairs())
@few
def test_every_agent_and_every_scarce_resource_is_in_one_part(problem):
    parts = split(problem, least=1)

    agents = np.concatenate([part.agent for part in parts])
    options = np.concatenate([part.option for part in parts])
    resources = np.concatenate([part.resource for part in parts])
    assert sorted(agents) == list(range(problem.num_agents))
    assert sorted(options) == list(range(problem.num_options))
    assert len(set(resources)) == len(resources)
    left_out = set(range(problem.num_resources)) - set(resources)
    for values, choice in brute.plans(relaxed(problem, left_out)):
        assert brute.value_of(problem, np.array(choice)) == values


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14),
    st.integers(0, 14),
)
@few
def test_nodes_are_named_by_the_smallest_that_they_are_connected_with(edges, part):
    """Against asking the neighbours of neighbours until nobody is new."""
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)

    label = np.arange(12)
    for some in (ends[:part], ends[part:]):
        label = decomposition.connected(some[:, 0], some[:, 1], label)

    for node in range(12):
        known = {node}
        for _ in range(12):
            known |= {b for a, b in [*edges, *((b, a) for a, b in edges)] if a in known}
        assert label[node] == min(known)


def relaxed(problem, left_out):
    """Return the problem in which what was left out has no limit of its own."""
    out = np.zeros(problem.num_resources, dtype=bool)
    out[sorted(left_out)] = True
    own = out & ~problem.resource_supplied
    return problem.replace(
        resource_upper=np.where(own, UNLIMITED, problem.resource_upper)
    )


@given(problem=pairs())
@few
def test_parts_together_are_the_optimum_of_brute_force(problem):
    best = brute.optimum(problem)
    result = solve_apart(problem, limits=LIMITS)
    assert check(problem, result).violations == ()
    if best is None:
        assert (result.status, result.plan) == (Status.INFEASIBLE, None)
        return
    assert (result.status, result.plan.tiers) == (Status.OPTIMAL, best[0])


def crowd(people, rng):
    """Return a problem of three offices with seats and one room that is large enough.

    Each person knows the four slots of one office only.
    """
    office = np.sort(rng.integers(0, 3, people))
    slot = 4 * office[:, None] + np.arange(4)
    rows, options = 13, 4 * people
    seats = np.full(rows, people // 20)
    seats[-1] = people
    return Problem(
        agent_must=np.zeros(people, dtype=bool),
        option_agent=np.repeat(np.arange(people), 4),
        option_value=rng.integers(100, 900, options),
        use_ptr=np.arange(0, 2 * options + 1, 2),
        use_resource=np.stack(
            [slot.ravel(), np.full(options, rows - 1)], axis=1
        ).ravel(),
        use_amount=np.ones(2 * options, dtype=np.int64),
        resource_upper=seats,
        resource_lower=np.zeros(rows, dtype=np.int64),
        resource_only_if_used=np.zeros(rows, dtype=bool),
        resource_shortfall_price=np.full(rows, -1),
        resource_excess_price=np.full(rows, -1),
        supply_upper=np.zeros(0, dtype=np.int64),
        supply_ptr=np.zeros(rows + 1, dtype=np.int64),
        supply_index=np.zeros(0, dtype=np.int32),
    )


def test_a_resource_that_is_large_enough_ties_nobody_together():
    problem = crowd(300, np.random.default_rng(1))

    parts = split(problem, least=1)

    assert len(parts) == 3
    assert all(set(np.diff(np.flatnonzero(p.resource))) <= {1} for p in parts)
    assert 12 not in np.concatenate([part.resource for part in parts])


def test_a_problem_without_resources_is_one_part():
    """Nothing is limited, so everybody gets the best."""
    nothing = np.zeros(0, dtype=np.int64)
    problem = Problem(
        agent_must=[False, False],
        option_agent=[0, 0, 1],
        option_value=[3, 5, -2],
        use_ptr=[0, 0, 0, 0],
        use_resource=nothing,
        use_amount=nothing,
        resource_upper=nothing,
        resource_lower=nothing,
        resource_only_if_used=nothing.astype(bool),
        resource_shortfall_price=nothing,
        resource_excess_price=nothing,
        supply_upper=nothing,
        supply_ptr=[0],
        supply_index=nothing,
    )
    result = solve(problem, limits=LIMITS)
    assert result.status is Status.OPTIMAL
    assert result.plan.choice.tolist() == [1, -1]


def test_small_parts_are_put_together():
    problem = crowd(300, np.random.default_rng(1))

    assert len(split(problem, least=10_000)) == 1
    sizes = [len(part.option) for part in split(problem, least=401)]
    assert min(sizes) >= 401
    assert sum(sizes) == problem.num_options


def test_the_caller_sees_plans_and_bounds_of_the_whole():
    """One plan is never worse than the one before, one bound never above."""
    problem = crowd(300, np.random.default_rng(2))
    told, plans = [], []

    result = solve_apart(
        problem,
        limits=LIMITS,
        on_progress=lambda *what: told.append(what[2:]) and False,
        on_plan=plans.append,
    )

    incumbents = [incumbent for incumbent, _ in told if incumbent is not None]
    bounds = [bound for _, bound in told if bound is not None]
    assert incumbents == sorted(incumbents)
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] >= result.objective
    values = [int(problem.option_value[p[p >= 0]].sum()) for p in plans]
    assert values[-1] == incumbents[-1] == result.objective


def test_who_stops_at_once_gets_the_plan_that_was_there():
    problem = crowd(300, np.random.default_rng(3))
    start = solve_apart(problem, limits=Limits(seconds=20, workers=1, work=1)).plan

    result = solve_apart(
        problem, limits=LIMITS, warm_start=start, on_progress=lambda *_: True
    )

    assert result.plan.objective >= start.objective
    assert result.termination == "stopped"


@pytest.mark.parametrize("work", [30_000, 300_000])
def test_a_work_limit_gives_one_plan_on_any_number_of_workers(work):
    problem = crowd(300, np.random.default_rng(4))

    one, two = (
        solve_apart(problem, limits=Limits(seconds=60, workers=workers, work=work))
        for workers in (1, 2)
    )

    assert np.array_equal(one.plan.choice, two.plan.choice)
    assert one.detail == two.detail == ""


@pytest.mark.parametrize("seed", range(12))
def test_what_opens_is_in_the_block_of_what_it_uses(seed):
    """Two problems side by side whose cohorts use others by opening."""
    rng = np.random.default_rng(7000 + seed)
    both = [tiny.random_problem(rng, agents=3, opens=True) for _ in range(2)]
    one, other = both
    plain = side_by_side(one, other)
    problem = plain.replace(
        opening_ptr=np.append(
            one.opening_ptr, one.opening_ptr[-1] + other.opening_ptr[1:]
        ),
        opening_resource=np.append(
            one.opening_resource, other.opening_resource + one.num_resources
        ),
        opening_amount=np.append(one.opening_amount, other.opening_amount),
        opening_value=np.append(one.opening_value, other.opening_value),
    )
    best = brute.optimum(problem)
    result = solve_apart(problem, limits=LIMITS)
    assert check(problem, result).violations == ()
    assert (result.plan is None) == (best is None)
    assert best is None or result.plan.tiers == best[0]
