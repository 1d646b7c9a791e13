"""Bins: the bound, the search and the sets, against all assignments of small problems.

The kernels run as plain Python here: compiling them takes longer than the tests.
"""

import itertools

import numpy as np
import pytest

from planner.optimiser import exact, packing, repack
from planner.optimiser.bins import as_bins
from planner.optimiser.exact import Verdict, prove
from planner.optimiser.kernels import compiled
from planner.optimiser.limits import Limits
from planner.optimiser.partition import partition
from planner.optimiser.plan import Plan
from planner.optimiser.repack import Packing
from tests.planner.optimiser.tiny import best_tiers, random_problem


@pytest.fixture(autouse=True)
def plain_kernels(monkeypatch):
    monkeypatch.setattr(repack, "compiled", packing.PLAIN.__getitem__)
    monkeypatch.setattr(repack, "LEG", 2_000)
    monkeypatch.setattr(repack, "STEPS", 60)


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
    return Packing(bins, assigned, price)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_bound_sets_and_options_hold_for_every_plan(seed, free):
    """No plan beats the bound; no plan as good as asked for is left out."""
    problem = jobs_and_machines(seed, free=free)
    plans = list(all_plans(problem))
    assert plans, "the generator leaves room"
    state = packing_of(problem, plans[0][1])
    state.tighten()
    costs = [-Plan.of(problem, choice).objective for choice, _ in plans]
    assert state.bound <= min(costs) * state.bins.unit
    wanted = min(costs) + 2
    options = state.possible(wanted, problem.num_options)
    sets = state.sets(wanted, 10_000)
    held = {(s.bin, tuple(s.jobs)) for s in sets}
    for (choice, assigned), cost in zip(plans, costs, strict=True):
        if cost <= wanted:
            assert options[choice[choice >= 0]].all()
            for i in range(state.bins.num_bins):
                assert (i, tuple(np.flatnonzero(assigned == i))) in held


@pytest.mark.parametrize("seed", range(6))
def test_search_keeps_the_plan_feasible_and_never_makes_it_worse(seed):
    """Packing again ends at the optimum of a problem this small."""
    problem = jobs_and_machines(seed)
    plans = list(all_plans(problem))
    best = max(Plan.of(problem, choice).objective for choice, _ in plans)
    worst = min(plans, key=lambda plan: Plan.of(problem, plan[0]).objective)
    state = packing_of(problem, worst[1])
    before = state.cost
    state.tighten()
    saved = state.search(3, lambda: False)
    assert saved == (before - state.cost) // state.bins.unit
    choice = state.bins.choice(state.assigned)
    assert any((choice == other).all() for other, _ in plans)
    assert Plan.of(problem, choice).objective == best


@pytest.mark.slow
def test_a_search_from_the_same_seed_is_the_same_on_any_number_of_threads(monkeypatch):
    """Compiled, because plain Python would share one random generator."""
    monkeypatch.setattr(repack, "compiled", compiled)
    problem = jobs_and_machines(1, jobs=12, machines=4)
    spots = np.random.default_rng(0).integers(0, 4, (20_000, 12))
    start = next(spot for spot in spots if fits(problem, spot))
    found = []
    for workers in (1, 2):
        state = packing_of(problem, start.copy())
        state.workers = workers
        state.search(3, lambda: False)
        assert fits(problem, state.assigned)
        found.append(state.assigned.tolist())
    assert found[0] == found[1]


def fits(problem, assigned):
    bins = as_bins(problem)
    load = np.zeros(bins.num_bins, dtype=np.int64)
    np.add.at(load, assigned, bins.weight[assigned, np.arange(bins.num_jobs)])
    return bool((load <= bins.capacity).all())


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_prove_from_both_sides_agrees_with_prove(seed, free, monkeypatch):
    """From above by packing, from below by asking: the same optimum, proven."""
    problem = jobs_and_machines(seed, free=free)
    limits = Limits(seconds=30, workers=1)
    expected = prove(problem, None, None, limits=limits)
    monkeypatch.setattr(exact, "PACK_FROM", 0)
    monkeypatch.setattr(exact, "GLANCE", 0.0)
    start = next(choice for choice, _ in all_plans(problem))
    outcome = prove(problem, start, None, limits=limits)
    assert (outcome.verdict, outcome.proven) == (Verdict.OPTIMAL, True)
    assert (
        Plan.of(problem, outcome.choice).tiers
        == Plan.of(problem, expected.choice).tiers
        == best_tiers(problem)
    )


def test_the_partition_program_has_a_column_for_every_set():
    problem = jobs_and_machines(2)
    choice, assigned = next(all_plans(problem))
    state = packing_of(problem, assigned)
    cost = -Plan.of(problem, choice).objective
    sets = state.sets(cost, 10_000)
    program = partition(state.bins, sets, -cost)
    mine = {(i, tuple(np.flatnonzero(assigned == i))) for i in range(3)}
    y = np.array([(s.bin, tuple(s.jobs)) in mine for s in sets], dtype=np.int64)
    assert program.holds(y)
    assert sorted(program.chosen(y)) == sorted(choice)


def test_too_many_sets_are_none():
    problem = jobs_and_machines(2)
    _, assigned = next(all_plans(problem))
    assert packing_of(problem, assigned).sets(10_000, 3) is None


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
