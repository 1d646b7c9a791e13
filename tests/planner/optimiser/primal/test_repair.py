"""Greedy plans keep every upper limit; repair makes them keep the floors too."""

import numpy as np
import pytest

from planner.optimiser import Limits, SearchParameters
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.cohort_opening import decide
from planner.optimiser.primal.regret_greedy import round_prices
from planner.optimiser.primal.repair import Repairer, climb
from planner.optimiser.relaxation.row_model import cohort_rows, flatten
from planner.optimiser.relaxation.subgradient import worth_of_a_choice
from tests.planner.optimiser.intakes import intake, priced, repairer


@pytest.mark.parametrize("pools", [False, True])
def test_a_greedy_plan_passes_no_upper_limit(pools):
    model, _, reduced = priced(intake(pools=pools))

    choice = round_prices(model, reduced)

    assert (model.use(choice) <= model.rows.upper).all()
    assert model.objective(choice) > 0


@pytest.mark.parametrize("floor", [2, 4, 6])
def test_a_repaired_plan_fills_its_cohorts_or_leaves_them_empty(floor):
    repair = repairer(intake(floor=floor, budget=0.4))
    model = repair.model

    choice = repair(round_prices(model, repair.reduced), Watch(Limits()))

    use = model.use(choice)[cohort_rows(model.rows)]
    assert model.feasible(choice)
    assert ((use == 0) | (use >= floor)).all()


@pytest.mark.parametrize("indexed", [0, 10**9])
def test_a_plan_that_passes_limits_is_mended_in_models_of_any_size(indexed):
    """Agents are moved out of rows without floors too, where these are broken."""
    tuned = SearchParameters.of({"repair": {"indexed_uses": indexed}})
    repair = repairer(intake(floor=2, budget=0.4), tuned)
    model = repair.model
    greedy = model.agent_ptr[:-1].copy()
    assert (model.use(greedy) > model.rows.upper).any()

    choice = repair(greedy, Watch(Limits()))

    assert model.feasible(choice)
    assert (choice >= 0).any()


def test_everyone_who_must_is_placed():
    problem = intake(people=24, slots=6, budget=0.9)
    model = flatten(problem.replace(agent_must=np.ones(24, dtype=bool)))
    _, descent, reduced = priced(problem)
    repair = Repairer(model, descent.price, reduced, worth_of_a_choice(model))

    choice = repair(round_prices(model, reduced), Watch(Limits()))

    assert (choice >= 0).all()
    assert model.feasible(choice)


def test_climbing_never_lowers_the_objective():
    model, _, reduced = priced(intake())
    choice = round_prices(model, np.zeros_like(reduced))
    before = model.objective(choice)

    climb(model, choice, np.arange(model.num_agents), Watch(Limits()))

    assert model.objective(choice) >= before
    assert model.feasible(choice)


def two_seats():
    """Ani may take either seat, for 10 or 9; Budi only the first, for 8.

    With Ani on the first seat, no single switch gains; with both moves it is 17.
    """
    return intake(people=3, slots=4).replace(
        agent_must=np.zeros(2, dtype=bool),
        option_agent=np.array([0, 0, 1]),
        option_value=np.array([10, 9, 8]),
        use_ptr=np.arange(4),
        use_resource=np.array([0, 1, 0]),
        use_amount=np.ones(3, dtype=np.int64),
        resource_upper=np.array([1, 1, 0, 0, 0]),
    )


def test_a_chain_fills_room_that_no_single_switch_can():
    model = flatten(two_seats())
    price = np.array([8.0, 7.0, 0.0, 0.0, 0.0])
    repair = Repairer(model, price, np.array([2.0, 2.0, 0.0]), 10.0)
    choice = np.array([0, -1])
    assert climb(model, choice, np.arange(2), Watch(Limits())) == 0

    repair.chain(choice, np.zeros(5, dtype=bool), Watch(Limits()))

    assert choice.tolist() == [1, 2]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("pools", [False, True])
def test_chains_only_improve_and_keep_every_limit(seed, pools):
    problem = intake(people=120, slots=12, floor=3, seed=seed, pools=pools)
    repair = repairer(problem)
    model = repair.model
    choice = repair(round_prices(model, repair.reduced), Watch(Limits()))
    choice[:: 7 + seed] = -1
    was_feasible = model.feasible(choice)
    before = model.objective(choice)

    repair.chain(choice, np.zeros(len(model.rows), dtype=bool), Watch(Limits()))

    assert model.objective(choice) >= before
    assert model.feasible(choice) or not was_feasible


def test_deciding_cohorts_closes_those_that_cannot_be_filled():
    problem = intake(people=40, slots=8, floor=5, budget=0.3)
    model, descent, _ = priced(problem)

    decision = decide(model, descent, worth_of_a_choice(model), Watch(Limits()))

    running = cohort_rows(model.rows) & ~decision.closed
    assert decision.closed.any()
    assert (decision.model.rows.lower[running] == 5).all()
    assert (decision.model.rows.upper[decision.closed] == 0).all()


def test_the_index_lists_the_options_of_each_row():
    model, _, _ = priced(intake())

    index = model.index(np.ones(len(model.rows), dtype=bool))

    for row in range(len(model.rows)):
        options = index.option[index.ptr[row] : index.ptr[row + 1]]
        ends = np.searchsorted(
            model.use_ptr, np.flatnonzero(model.use_row == row), "right"
        )
        assert sorted(options) == sorted(ends - 1)
