"""The core gives exact prices; polish and parts never lose anything."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

from planner.optimiser import Limits, Plan, Problem, SearchParameters
from planner.optimiser.certificate.check import feasible, verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.model.fees import fault
from planner.optimiser.model.parameters import DEFAULTS
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.incumbent import Incumbent
from planner.optimiser.primal.large_neighbourhood_search import NeighbourhoodSearch
from planner.optimiser.primal.regret_greedy import round_prices
from planner.optimiser.primal.sub_problem import restrict
from planner.optimiser.relaxation import restricted_lp
from planner.optimiser.relaxation.column_generation import generate_columns
from planner.optimiser.relaxation.reduced_cost import NO_LOSS
from planner.optimiser.relaxation.restricted_lp import RestrictedLp, maximise
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import (
    Descent,
    Sweeper,
    worth_of_a_choice,
)
from tests.planner.optimiser import brute
from tests.planner.optimiser.intakes import intake, priced, repairer
from tests.planner.optimiser.strategies import problems


@pytest.mark.parametrize("share", [0.1, 100.0])
def test_a_narrow_core_gives_the_prices_of_the_whole_program(share):
    problem = intake(people=1500, slots=30)
    model, descent, _ = priced(problem, sweeps=60)
    with Sweeper(model, 1) as sweep:
        core = generate_columns(model, sweep, descent, Watch(Limits()), share=share)

    assert core.exact
    assert core.descent.bound <= descent.bound
    # A basic solution splits no more agents than rows bind.
    assert len(core.fractional) <= len(model.rows)


def test_what_there_is_nothing_of_has_a_price():
    """A third of the slots is closed: nobody may look as if one could be had."""
    problem = intake(people=200, slots=12)
    upper = problem.resource_upper.copy()
    upper[[0, 3, 6, 9]] = 0
    model, descent, _ = priced(problem.replace(resource_upper=upper), sweeps=1)
    with Sweeper(model, 1) as sweep:
        core = generate_columns(model, sweep, descent, Watch(Limits()), share=100.0)

    assert core.exact
    assert (core.descent.price[[0, 3, 6, 9]] > 0).all()


def a_course_that_is_missed_by_one():
    """Ani is worth 10 in a course of two and 3 elsewhere; Budi would cost it 8.

    Half a course is worth 10 to prices alone, a course 2, and elsewhere is best: 3.
    """
    return Problem(
        agent_must=[False, False],
        option_agent=[0, 0, 1],
        option_value=[10, 3, -8],
        use_ptr=[0, 1, 1, 2],
        use_resource=[0, 0],
        use_amount=[1, 1],
        resource_upper=[2],
        resource_lower=[2],
        resource_only_if_used=[True],
        resource_shortfall_price=[-1],
        resource_excess_price=[-1],
        supply_upper=[],
        supply_ptr=[0, 0],
        supply_index=[],
    )


def plain_bound(model):
    """Return what the linear program without a row x <= y reaches."""
    every = np.ones(model.num_options, dtype=bool)
    artificial = DEFAULTS.column_generation.artificial_price * worth_of_a_choice(model)
    program = RestrictedLp.of(model, every, ~every, artificial)
    return maximise(program, Watch(Limits()), len(model.rows), 20.0).value


def program_of(problem):
    model = flatten(problem)
    start = Descent(model.rows.clip(np.zeros(len(model.rows))))
    with Sweeper(model, 1) as sweep:
        return model, generate_columns(model, sweep, start, Watch(Limits()), share=1.0)


def test_fees_close_a_gap_that_prices_leave():
    problem = a_course_that_is_missed_by_one()
    model, core = program_of(problem)
    descent, prices = core.descent, core.descent.of_problem(model)
    exact = verified_bound(
        problem,
        Prices(
            price=prices.price,
            supply_price=prices.supply_price,
            tier_price=np.zeros(0),
            fees=prices.fees,
        ),
    )

    assert plain_bound(model) == pytest.approx(10.0)
    assert (descent.bound, exact) == (3.0, 3.0)
    assert core.choice.tolist() == [1, -1]
    assert core.open.tolist() == [0.0]
    assert core.exact
    assert not core.splits


@given(problems(max_tiers=1, opens=False))
@settings(max_examples=80, deadline=None)
def test_fees_prove_no_less_than_prices_and_no_plan_away(problem):
    best = brute.optimum(problem)
    assume(best is not None)
    model, core = program_of(problem)

    assert core.descent.bound <= plain_bound(model) + 1e-4 * (1 + abs(core.value))
    assert best[0][0] <= core.descent.bound + 1e-6
    assert (core.open >= 0).all()
    assert (core.open <= 1).all()


@pytest.mark.parametrize("floor", [3, 20])
def test_a_program_says_whether_it_passes_hard_limits(floor):
    """Ten people, and a floor that they can or cannot reach."""
    problem = intake(people=10, slots=4, budget=5.0)
    lower = problem.resource_lower.copy()
    lower[0] = floor
    upper = problem.resource_upper.copy()
    upper[0] = 30
    problem = problem.replace(resource_lower=lower, resource_upper=upper)
    model, every = flatten(problem), np.ones(problem.num_options, dtype=bool)
    program = RestrictedLp.of(model, every, ~every, 1e4)

    answer = maximise(program, Watch(Limits()), len(model.rows), 20.0)

    assert answer.passes == (floor == 20)


def test_cohorts_that_a_program_splits_get_their_rows():
    """Floors of six for a third of the seats: some courses would run with a few."""
    problem = intake(people=200, slots=30, floor=6, budget=0.5, seed=3)
    model, core = program_of(problem)
    fees = core.descent.fees

    assert core.exact
    assert len(fees) > 0
    assert core.descent.bound < plain_bound(model) - 1
    assert fault(problem, fees) is None
    assert (fees.fee > 0).all()


@pytest.mark.parametrize("pools", [False, True])
def test_money_in_the_smallest_units_has_a_price(pools):
    """A budget in billions: what a unit is worth is far below the millionth part."""
    problem = intake(people=200, slots=12, budget=0.4, pools=pools)
    use = np.where(problem.use_amount > 1, problem.use_amount * 10**10, 1)
    upper = problem.resource_upper.copy()
    if not pools:
        upper[12] *= 10**10
    rich = problem.replace(
        use_amount=use,
        resource_upper=upper,
        supply_upper=problem.supply_upper * 10**10,
    )
    bounds = []
    for one in (problem, rich):
        model, descent, _ = priced(one, sweeps=1)
        with Sweeper(model, 1) as sweep:
            core = generate_columns(model, sweep, descent, Watch(Limits()), share=100.0)
        bounds.append(core.descent.bound)
    assert bounds[1] == pytest.approx(bounds[0], rel=1e-5)


@given(problems(max_tiers=1, opens=False))
@settings(max_examples=80, deadline=None)
def test_a_part_is_worth_what_the_whole_is(problem):
    rng = np.random.default_rng(3)
    choice = np.array(
        [
            rng.integers(first, last) if last > first else -1
            for first, last in zip(
                problem.agent_ptr, problem.agent_ptr[1:], strict=False
            )
        ]
    )
    assume(feasible(problem, choice))
    free = rng.random(problem.num_agents) < 0.5

    part = restrict(problem, choice, free, np.ones(problem.num_options, dtype=bool))

    now = Plan.of(part.problem, part.choice)
    assert feasible(part.problem, part.choice)
    assert (part.whole(choice, part.choice) == choice).all()
    untouched = Plan.of(problem, choice).objective - now.objective
    for option in range(len(part.option)):
        other = part.choice.copy()
        other[part.problem.option_agent[option]] = option
        whole = part.whole(choice, other)
        assert feasible(problem, whole) == feasible(part.problem, other)
        worth = Plan.of(problem, whole).objective
        assert worth - Plan.of(part.problem, other).objective == untouched


@pytest.mark.parametrize("money", [1, 10**6])
def test_polishing_improves_whatever_the_size_of_the_numbers(money):
    """What those who stay cost is no number that branch and cut has to see."""
    problem = intake(people=300, slots=12, floor=4, pools=True)
    is_money = problem.use_resource >= 12
    problem = problem.replace(
        use_amount=np.where(is_money, money, 1) * problem.use_amount,
        supply_upper=money * problem.supply_upper,
    )
    repair, watch = repairer(problem), Watch(Limits(seconds=20))
    best = Incumbent(watch)
    best.offer(repair.model, repair(round_prices(repair.model, repair.reduced), watch))
    before = best.objective

    polisher(repair, best, watch).improve(100, 1.0)

    assert best.objective > before
    assert feasible(problem, best.choice)


def polisher(repair, best, watch):
    return NeighbourhoodSearch(
        repair.model, repair.model, repair.price, repair.reduced, best, watch
    )


def test_those_who_choose_again_share_seats():
    """From the ones who lose, along the seats they could take, and nobody further."""
    tuned = SearchParameters.of({"neighbourhood": {"seed_share": 1.0}})
    problem = intake(people=200, slots=40)
    repair = repairer(problem)
    watch = Watch(Limits(seconds=20), parameters=tuned)
    best = Incumbent(watch)
    best.offer(repair.model, repair(round_prices(repair.model, repair.reduced), watch))
    polish = polisher(repair, best, watch)
    free, keep = polish.undecided(best.choice, 100)
    assert free.sum() > 12

    some = polish.together(best.choice, free, keep, 12)

    assert some.sum() >= 12
    assert not (some & ~free).any()
    losing = np.where(best.choice >= 0, polish.loss[best.choice], polish.top) > NO_LOSS
    assert some[losing & free].all()


def test_pools_with_columns_of_their_own_change_no_answer(monkeypatch):
    """Three sets of lines for two pools: the program has fewer numbers with pools."""
    problem = intake(people=400, slots=20, pools=True, budget=0.3)
    model, _, _ = priced(problem)
    every = np.ones(model.num_options, dtype=bool)
    answers, numbers = [], []
    for joined in (True, False):
        if not joined:
            monkeypatch.setattr(restricted_lp._Pools, "of", without_pools)
        program = RestrictedLp.of(model, every, ~every, 100.0)
        watch = Watch(Limits())
        answers.append(maximise(program, watch, len(model.rows), 20.0))
        numbers.append(len(program.linear.term))

    assert len(model.sets) == 3
    assert numbers[0] < numbers[1]
    assert answers[0].value == pytest.approx(answers[1].value)
    with Sweeper(model, 1) as sweep:
        bounds = [sweep(model.rows.clip(answer.price))[0] for answer in answers]
    assert bounds[0] == pytest.approx(bounds[1], rel=1e-6)
    assert bounds[0] == pytest.approx(answers[0].value, rel=1e-6)


def without_pools(model, columns, number):
    nothing = np.zeros(0, dtype=np.int64)
    rows = np.zeros(int(number.max()) + 1, dtype=bool)
    return restricted_lp._Pools(nothing, rows, nothing, nothing, np.zeros(0))
