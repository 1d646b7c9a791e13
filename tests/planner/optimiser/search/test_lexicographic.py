"""Tiers against brute force: folded exactly, or held by rows where they do not."""

from types import SimpleNamespace

import numpy as np
import pytest

from planner.optimiser import Problem, Termination, solve
from planner.optimiser.certificate import dual_bound
from planner.optimiser.mip.agreement import prove
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.parameters import (
    LexicographicParameters,
    SearchParameters,
)
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.result import Status
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.lagrangian import Lagrangian, Level
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import DualSolution, Sweeper
from planner.optimiser.relaxation.ties import tie_weight, untied
from planner.optimiser.relaxation.volume import volume
from planner.optimiser.search import lexicographic
from tests.benchmarks import families
from tests.planner.optimiser.intakes import intake
from tests.planner.optimiser.tiny import best_tiers, random_problem

LIMITS = Limits(seconds=20, workers=1)


def proved_by(problem, prices, *, weights=(), tier=0, levels=()):
    floors = -np.array(weights, dtype=float)
    signed = dual_bound.Prices(
        price=prices.price, supply_price=prices.supply_price, tier_price=floors
    )
    return dual_bound.bound(problem, signed, tier=tier, levels=levels)


def pricer(problem, start):
    """Return the same prices, with the bound that they prove here."""
    return DualSolution(
        start.price, start.supply_price, float(proved_by(problem, start))
    )


def road(problem, choice, share, held=(), focus=None, near=None, ties=None):
    """Prove outright, at prices of 1."""
    ones = DualSolution(
        np.ones(problem.num_resources), np.ones(problem.num_supplies), 0.0
    )
    prices = pricer(problem, ones)
    outcome = prove(problem, choice, prices, limits=LIMITS, held=held)
    return SimpleNamespace(
        choice=outcome.choice,
        prices=prices,
        status=outcome.status,
        proven=outcome.proven,
        bound=outcome.bound,
        rows=None,
    )


@pytest.mark.parametrize("foldable", [2**48, 3000, 30])
@pytest.mark.parametrize("seed", range(40))
def test_tiers_find_the_lexicographic_optimum(seed, foldable):
    """Whether the tiers fold or not; and every tier's bound holds."""
    tuned = LexicographicParameters(foldable=foldable, branchable=foldable)
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, tiers=int(rng.integers(2, 5)))
    best = best_tiers(problem)
    staged = lexicographic.solve_tiers(problem, road, pricer, parameters=tuned)
    assert staged.proven
    if best is None:
        assert (staged.choice, staged.status) == (None, Status.INFEASIBLE)
        return
    assert Plan.of(problem, staged.choice).tiers == best
    assert len(staged.bounds) == problem.num_tiers
    for tier, given in enumerate(staged.bounds):
        proved = proved_by(
            problem, given.prices, weights=given.weights, tier=tier, levels=best[:tier]
        )
        assert proved >= best[tier]
        assert given.solver_bound in {None, best[tier]}


def test_a_fold_keeps_the_order_of_any_two_plans():
    """Ten units of a later tier never outweigh one of an earlier tier."""
    problem = random_problem(np.random.default_rng(3), tiers=3)
    weights, exact = lexicographic._weights(problem, 3, 2**48)
    assert exact
    folded = lexicographic.fold(problem, weights)
    rng = np.random.default_rng(4)
    nobody = np.full(problem.num_agents, -1)
    seen = {}
    for _ in range(50):
        choice = nobody.copy()
        for option in rng.permutation(problem.num_options)[:3]:
            choice[problem.option_agent[option]] = option
        plan = Plan.of(problem, choice)
        # Must agents without an option are outside the ranges the weights rely on.
        if not (problem.agent_must & (choice < 0)).any():
            seen[plan.tiers] = Plan.of(folded, choice).objective
    ranked = sorted(seen)
    assert sorted(seen.values()) == [seen[key] for key in ranked]


def test_a_held_plan_is_never_traded_for_a_worse_first_tier():
    """With tiny weights the search would trade; the plan of the first tier stays."""
    tiny = LexicographicParameters(foldable=1, branchable=1)
    problem = random_problem(np.random.default_rng(8), tiers=2)
    best = best_tiers(problem)
    staged = lexicographic.solve_tiers(problem, road, pricer, parameters=tiny)
    assert Plan.of(problem, staged.choice).tiers == best


@pytest.mark.parametrize("seed", [0, 2])
def test_later_tiers_gain_without_giving_up_the_first(seed):
    """Where a problem is too large for branch and cut: one tier after the other."""
    problem = families.cohorts(200, seed=seed)
    placed = np.full(problem.num_options, 1000)
    both = problem.replace(option_value=np.stack([placed, problem.value()], axis=1))
    by_work = Limits(seconds=60, work=10_000_000)
    first = solve(problem.replace(option_value=placed), limits=by_work)
    values = problem.value()[first.plan.choice[first.plan.choice >= 0]]

    result = solve(both, limits=by_work, warm_start=first.plan)

    assert result.plan.tiers[0] >= first.plan.tiers[0]
    assert result.plan.tiers[1] > values.sum()
    assert all(tier.bound >= tier.value for tier in result.tiers)


def one_seat(values, needs_the_seat):
    """Two agents of two options each, some of which need the only seat."""
    uses = np.array(needs_the_seat, dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    return Problem(
        agent_must=[False, False],
        option_agent=[0, 0, 1, 1],
        option_value=values,
        use_ptr=np.append(0, np.cumsum(uses)),
        use_resource=np.zeros(uses.sum(), dtype=np.int32),
        use_amount=np.ones(uses.sum(), dtype=np.int64),
        resource_upper=[1],
        resource_lower=[0],
        resource_only_if_used=[False],
        resource_shortfall_price=[-1],
        resource_excess_price=[-1],
        supply_upper=none,
        supply_ptr=[0, 0],
        supply_index=none,
    )


def test_the_gap_is_reached_only_where_every_tier_reaches_it():
    """The second tier is open by 3%; that the third is closed says nothing about it."""
    values = [
        [990556230455678, 2064687174449728, 1995534270898101],
        [1965676134005767, 1015759336169155, 2103806239713099],
        [2131715344179618, 1156725083574919, 716882066222535],
        [609326403210759, 561630642074608, 1655226066900673],
    ]
    without = SearchParameters.of({"proof": {"options": 0}})
    seat = one_seat(values, [0, 1, 0, 1])
    result = solve(seat, limits=LIMITS, parameters=without)
    assert result.tiers[1].gap > 0.03
    assert result.termination is not Termination.GAP


def test_no_solver_bound_is_below_the_plan_it_bounds():
    """Beyond 2**53 a float may come out some units below what it stands for."""

    def rounding_road(problem, *rest):
        answer = road(problem, *rest)
        answer.bound = float(Plan.of(problem, answer.choice).objective) - 2.0
        return answer

    problem = random_problem(np.random.default_rng(3), tiers=3)
    staged = lexicographic.solve_tiers(problem, rounding_road, pricer)
    levels = Plan.of(problem, staged.choice).tiers
    words = [bounds.solver_bound for bounds in staged.bounds]
    assert any(word is not None for word in words)
    for word, level in zip(words, levels, strict=True):
        assert word is None or word >= level


IN_TURN = SearchParameters.of({"portfolio": {"options": 0}})


@pytest.mark.parametrize("seed", range(12))
def test_tiers_in_turn_never_claim_what_brute_force_refutes(seed):
    """As large problems are solved: a tier, then the bound of the next, and so on."""
    problem = random_problem(np.random.default_rng(seed), tiers=3)
    best = best_tiers(problem)

    result = solve(problem, limits=Limits(seconds=4, workers=1), parameters=IN_TURN)

    if best is None:
        assert result.plan is None
        return
    assert result.plan is None or result.plan.tiers <= best
    for tier, each in enumerate(result.tiers):
        if result.plan is not None and result.plan.tiers[:tier] == best[:tier]:
            assert each.bound is None or each.bound >= best[tier]


def test_where_values_tie_all_tiers_come_near_their_bounds():
    """People count 1,000 or 1,050; who fits and what it costs comes after."""
    problem = intake(people=240, slots=12, seed=5, budget=0.5, pools=True)
    rng = np.random.default_rng(2)
    count = problem.num_options
    tiers = np.stack([1000 + 50 * rng.integers(0, 2, count), problem.value()], axis=1)
    cost = -rng.integers(1, 90, count)
    problem = problem.replace(option_value=np.append(tiers, cost[:, None], axis=1))

    result = solve(
        problem,
        limits=Limits(seconds=60, work=60_000_000, workers=1),
        parameters=SearchParameters.of(
            {"portfolio": {"options": 0}, "volume": {"few_sweeps": 1600}}
        ),
    )

    gaps = [tier.gap for tier in result.tiers]
    assert gaps[0] < 0.01
    assert gaps[1] < 0.05
    assert gaps[2] < 0.3


def test_the_second_tier_starts_near_what_its_ties_were_decided_at():
    """As few steps from there prove more than from zero."""
    problem = intake(people=200, slots=12, seed=3, budget=0.5)
    both = np.stack([np.full(problem.num_options, 1000), problem.value()], axis=1)
    problem = problem.replace(option_value=both)
    parameters = SearchParameters()
    tuned = parameters.lexicographic
    weight = tie_weight(problem.value(0), problem.value(1), tuned.tie_share)
    first = flatten(lexicographic.fold(problem, (1,)))
    with Sweeper(first, 1) as sweep:
        plain = priced(Lagrangian(first, sweep), 800)
    changed = untied(first, problem.value(1), weight)
    with Sweeper(changed, 1) as sweep:
        decided = priced(Lagrangian(changed, sweep), 800)
    answer = SimpleNamespace(near=plain, next_tier=decided.price - weight * plain.price)
    starts = lexicographic._starts_of_second(problem, answer, tuned)
    second = flatten(problem.replace(option_value=problem.value(1)))
    with Sweeper(second, 1) as sweep:
        level = Level(problem.value(0), int(0.99 * plain.bound))
        dual = Lagrangian(second, sweep, [level])
        start = min(starts, key=lambda each: dual(dual.clip(each))[0])
        assert dual(dual.clip(start))[0] < 0.9 * dual(dual.clip(0 * start))[0]
        assert priced(dual, 30, start).bound < priced(dual, 30).bound


def priced(dual, sweeps, start=None):
    return volume(dual, Watch(Limits()), sweeps=sweeps, seconds=60, start=start)
