"""The core gives exact prices; polish and parts never lose anything."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

from planner.optimiser import Limits, Plan, SearchParameters
from planner.optimiser.certificate.check import feasible
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.incumbent import Incumbent
from planner.optimiser.primal.large_neighbourhood_search import NeighbourhoodSearch
from planner.optimiser.primal.regret_greedy import round_prices
from planner.optimiser.primal.sub_problem import restrict
from planner.optimiser.relaxation import restricted_lp
from planner.optimiser.relaxation.column_generation import generate_columns
from planner.optimiser.relaxation.reduced_cost import NO_LOSS
from planner.optimiser.relaxation.restricted_lp import RestrictedLp, maximise
from planner.optimiser.relaxation.subgradient import Sweeper
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
        numbers.append(len(program.cells[0]))

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
    return restricted_lp._Pools(0, rows, nothing, nothing, np.zeros(0))
