"""Bins: the bound, the search and the proof, against all assignments of small problems.

The kernels run as plain Python here: compiling them takes longer than the tests.
"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from planner.optimiser.assignment import branch_and_bound, matheuristic
from planner.optimiser.assignment.branch_and_bound import DecisionSearch
from planner.optimiser.assignment.generalised_assignment import as_bins
from planner.optimiser.assignment.matheuristic import Packing
from planner.optimiser.kernels import exact_cover
from planner.optimiser.kernels.dispatch import compiled
from planner.optimiser.model.parameters import AssignmentParameters
from planner.optimiser.model.plan import Plan
from tests.planner.optimiser.tiny import random_problem

QUICK = AssignmentParameters(
    leg_work=2_000, dive_work=2_000, climb_work=2_000, bound_steps=60
)

NEVER = float("inf")
"""An end that does not come."""


@pytest.fixture(autouse=True, scope="module")
def plain_kernels():
    with pytest.MonkeyPatch.context() as patch:
        for module in (matheuristic, branch_and_bound):
            patch.setattr(module, "compiled", lambda plain: plain)
        yield


def jobs_and_machines(seed, *, jobs=6, machines=3, free=False):
    """A generalised assignment problem; `free` jobs may also be left undone."""
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 9, (jobs, machines))
    capacity = (weight.sum(axis=0) * 0.8 / machines).astype(np.int64) + 4
    return random_problem(rng).replace(
        agent_must=np.full(jobs, not free),
        option_agent=np.repeat(np.arange(jobs), machines).astype(np.int32),
        option_value=rng.integers(-20, 5, jobs * machines),
        use_ptr=np.arange(jobs * machines + 1),
        use_resource=np.tile(np.arange(machines), jobs).astype(np.int32),
        use_amount=weight.ravel(),
        resource_upper=capacity,
        resource_lower=np.zeros(machines, dtype=np.int64),
        resource_only_if_used=np.zeros(machines, dtype=bool),
        resource_shortfall_price=np.full(machines, -1),
        resource_excess_price=np.full(machines, -1),
        resource_step=(),
        supply_upper=np.zeros(0, dtype=np.int64),
        supply_ptr=np.zeros(machines + 1, dtype=np.int64),
        supply_index=np.zeros(0, dtype=np.int32),
    )


def all_plans(problem):
    """Every feasible choice, with its value."""
    bins = as_bins(problem)
    spots = itertools.product(range(bins.num_bins), repeat=bins.num_jobs)
    for spot in spots:
        assigned = np.array(spot)
        every = np.arange(bins.num_jobs)
        load = np.zeros(bins.num_bins, dtype=np.int64)
        np.add.at(load, assigned, bins.weight[assigned, every])
        if (load <= bins.capacity).all():
            yield bins.choice(assigned), assigned


def packing_of(problem, assigned):
    bins = as_bins(problem)
    price = bins.job_prices(np.zeros(problem.num_resources))
    return Packing(bins, assigned, price, parameters=QUICK)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_no_plan_beats_the_bound(seed, free):
    problem = jobs_and_machines(seed, free=free)
    plans = list(all_plans(problem))
    assert plans, "the generator leaves room"
    state = packing_of(problem, plans[0][1])
    state.tighten()
    costs = [-Plan.of(problem, choice).objective for choice, _ in plans]
    assert state.bound <= min(costs) * state.bins.unit


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    jobs=st.integers(2, 6),
    machines=st.integers(2, 3),
    free=st.booleans(),
    above=st.integers(-3, 3),
    order=st.integers(0, 2),
    listed=st.booleans(),
)
def test_a_question_is_answered_as_by_looking_at_every_plan(
    seed, jobs, machines, free, above, order, listed
):
    """Found if and only if some plan is so cheap, from any prices, with sets or not."""
    problem = jobs_and_machines(seed, jobs=jobs, machines=machines, free=free)
    bins = as_bins(problem)
    if bins is None:
        return
    costs = {
        -Plan.of(problem, choice).objective: assigned
        for choice, assigned in all_plans(problem)
    }
    most = min(costs, default=0) + above
    rng = np.random.default_rng(seed)
    price = rng.integers(-5, 15, bins.num_jobs) * bins.unit
    with pytest.MonkeyPatch.context() as patch:
        if not listed:
            patch.setattr(branch_and_bound, "WORD", 0)
        asked = DecisionSearch(bins, price, most, seed=order)
        while not asked.closed:
            asked.ask(1, lambda: False)
    assert (asked.assigned is not None) == any(cost <= most for cost in costs)
    if asked.assigned is not None:
        assert fits(problem, asked.assigned)
        choice = bins.choice(asked.assigned)
        assert -Plan.of(problem, choice).objective <= most


def test_a_question_can_be_left_and_taken_up_again():
    """Nothing is done where no work is allowed, or when told to stop."""
    problem = jobs_and_machines(5)
    asked = DecisionSearch(as_bins(problem), np.zeros(6, dtype=np.int64), -10_000)
    asked.ask(0, lambda: False)
    asked.ask(100, lambda: True)
    assert not asked.closed
    assert asked.work == 0
    asked.ask(10**9, lambda: False)
    assert asked.closed
    assert asked.assigned is None


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_cover_finds_the_disjoint_sets_that_lose_least(data):
    """Against every way to take one set a bin."""
    bins, jobs = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 5))
    full = (1 << jobs) - 1
    sets = data.draw(
        st.lists(
            st.tuples(
                st.integers(0, 9), st.integers(0, full), st.integers(0, bins - 1)
            ),
            min_size=1,
            max_size=24,
        )
    )
    most = data.draw(st.integers(0, 25))
    loss, mask, owner = (
        np.array(x, dtype=np.int64) for x in zip(*sorted(sets), strict=True)
    )
    lists, branches = np.zeros((2, bins + 1, len(sets)), dtype=np.int64)
    chosen = np.zeros(bins, dtype=np.int64)
    _, found, finished = exact_cover.cover(
        full, mask, loss, owner, len(sets), most, chosen - 1, 10**6, lists, branches,
        chosen,
    )  # fmt: skip
    per_bin = [[s for s in sets if s[2] == b] for b in range(bins)]
    losses = [
        sum(s[0] for s in some)
        for some in itertools.product(*per_bin)
        if sum(s[1] for s in some) == full == np.bitwise_or.reduce([s[1] for s in some])
    ]
    assert finished
    assert found == (min(losses, default=most + 1) <= most)
    if found:
        assert chosen.sum() == np.bitwise_or.reduce(chosen) == full
        lost = [min(s[0] for s in per_bin[b] if s[1] == chosen[b]) for b in range(bins)]
        assert sum(lost) == min(losses)


@pytest.mark.parametrize("seed", range(6))
def test_rounds_keep_the_plan_feasible_and_end_at_the_optimum(seed):
    problem = jobs_and_machines(seed)
    plans = list(all_plans(problem))
    best = max(Plan.of(problem, choice).objective for choice, _ in plans)
    worst = min(plans, key=lambda plan: Plan.of(problem, plan[0]).objective)
    state = packing_of(problem, worst[1])
    while not state.closed():
        before = state.cost
        state.round(NEVER)
        assert state.cost <= before
        assert fits(problem, state.assigned)
    choice = state.bins.choice(state.assigned)
    assert Plan.of(problem, choice).objective == best


@pytest.mark.parametrize("heat", [0.0, 2_000.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_walk_stays_feasible_and_tells_the_best_it_passed(seed, heat):
    problem = jobs_and_machines(seed)
    bins = as_bins(problem)
    _, start = next(all_plans(problem))
    here, best = start.copy(), start.copy()
    price = bins.job_prices(np.zeros(problem.num_resources))
    cost = exact_cover.search_packings(
        seed, price, bins.cost, bins.weight, bins.capacity, here, best, bins.unit,
        heat, 2, 3, 30_000, 12, 50, 1_000,
    )  # fmt: skip
    every = np.arange(bins.num_jobs)
    assert fits(problem, here)
    assert fits(problem, best)
    assert cost == bins.cost[best, every].sum()
    assert cost <= min(bins.cost[here, every].sum(), bins.cost[start, every].sum())


@pytest.mark.slow
def test_rounds_are_the_same_on_any_number_of_threads(monkeypatch):
    """Compiled, because plain Python would share one random generator."""
    for module in (matheuristic, branch_and_bound):
        monkeypatch.setattr(module, "compiled", compiled)
    rng = np.random.default_rng(1)
    weight = rng.integers(1, 101, (40, 8))
    problem = jobs_and_machines(1, jobs=40, machines=8).replace(
        option_value=(weight - 111 - rng.integers(-10, 11, weight.shape)).ravel(),
        use_amount=weight.ravel(),
        resource_upper=weight.sum(axis=0) // 6,
    )
    spots = np.random.default_rng(0).integers(0, 8, (200_000, 40))
    start = next(spot for spot in spots if fits(problem, spot))
    found = []
    for workers in (1, 2, 3):
        state = packing_of(problem, start.copy())
        state.workers = workers
        for _ in range(6):
            state.round(NEVER)
        assert fits(problem, state.assigned)
        found.append((state.assigned.tolist(), state.bound, state.work))
    assert found[0] == found[1] == found[2]


def fits(problem, assigned):
    bins = as_bins(problem)
    load = np.zeros(bins.num_bins, dtype=np.int64)
    np.add.at(load, assigned, bins.weight[assigned, np.arange(bins.num_jobs)])
    return bool((load <= bins.capacity).all())


@pytest.mark.parametrize(
    "change",
    [
        {"resource_lower": np.array([1, 0, 0])},
        {"resource_excess_price": np.array([2, -1, -1])},
    ],
)
def test_a_limit_that_is_more_than_a_size_is_no_bin(change):
    problem = jobs_and_machines(3)
    assert as_bins(problem) is not None
    assert as_bins(problem.replace(**change)) is None


def test_an_option_in_two_scarce_resources_is_no_bin():
    problem = jobs_and_machines(3, jobs=3)
    uses = np.arange(0, 2 * problem.num_options + 1, 2)
    both = np.tile([0, 1], problem.num_options).astype(np.int32)
    changed = problem.replace(
        use_ptr=uses,
        use_resource=both,
        use_amount=np.full(len(both), 5),
        resource_upper=np.array([6, 6, 6]),
    )
    assert as_bins(changed) is None
