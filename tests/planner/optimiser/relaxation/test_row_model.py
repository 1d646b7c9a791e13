"""Every limit as a plain row: the rows prove what the lines and limits prove."""

import numpy as np
from hypothesis import given, settings, strategies as st

from planner.optimiser import Plan, check
from planner.optimiser.certificate.check import feasible, verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.model.fees import NO_FEES
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import Sweeper
from tests.planner.optimiser import strategies
from tests.planner.optimiser.certificate.test_dual_bound import (
    cohort_of_two,
    course_fees,
)
from tests.planner.optimiser.intakes import intake, priced
from tests.planner.optimiser.strategies import problems


def verified(problem, model, price, fees=NO_FEES):
    resource, supply = model.prices(price, fees)
    return verified_bound(
        problem,
        Prices(price=resource, supply_price=supply, tier_price=np.zeros(0), fees=fees),
    )


@given(problems(max_tiers=1, opens=False), st.data())
@settings(max_examples=80, deadline=None)
def test_the_bound_of_the_rows_is_no_better_than_the_verified_one(problem, data):
    """Random prices of rows, sets of budget lines included, and fees survive the
    check."""
    model = flatten(problem)
    price = np.random.default_rng(1).normal(0, 5, len(model.rows))
    fees = data.draw(strategies.fees(problem, st.floats(0, 30)))
    with Sweeper(model, 1) as sweep:
        bound, _ = sweep(model.rows.clip(price, fees), fees)

    assert verified(problem, model, price, fees) <= bound + 1e-6 * (1 + abs(bound))


def test_a_cohort_may_be_subsidised_where_fees_pay_for_it():
    """Ani pays 2 to be in a course of exactly two, and each of them is given 1 there.

    Money for one costs 2: Ani keeps 10 + 1 - 2 - 2, Budi nothing, the course its fees
    less what it gives. Without fees the price of a course is not below 0.
    """
    model = flatten(cohort_of_two())
    price, fees = np.array([-1.0, 2.0]), course_fees(2.0)
    with Sweeper(model, 1) as sweep:
        bound, _ = sweep(model.rows.clip(price, fees), fees)
        reduced = sweep.reduced(price, fees)

    assert (bound, reduced.tolist()) == (9.0, [7.0, 0.0])
    assert verified(cohort_of_two(), model, price, fees) == 9.0
    assert model.rows.clip(price).tolist() == [0.0, 2.0]


@given(problems(max_tiers=1, opens=False))
@settings(max_examples=80, deadline=None)
def test_a_choice_is_feasible_for_the_rows_exactly_if_it_is_for_the_check(problem):
    rng = np.random.default_rng(2)
    model = flatten(problem)
    choice = np.full(problem.num_agents, -1)
    for agent in range(problem.num_agents):
        first, last = problem.agent_ptr[agent : agent + 2]
        choice[agent] = rng.integers(first - 1, last)
        choice[agent] = -1 if choice[agent] < first else choice[agent]

    assert model.feasible(choice) == feasible(problem, choice)
    assert model.objective(choice) == Plan.of(problem, choice).objective


def test_shared_lines_become_rows_for_each_set_of_lines():
    problem = intake(pools=True)

    model = flatten(problem)

    assert len(model.rows) == problem.num_resources + len(model.sets)
    assert sorted(tuple(lines) for _, lines in model.sets) == [
        (0, 1),
        (0, 1, 2),
        (0, 2),
    ]


def test_kernels_see_one_kind_of_arrays_whatever_the_problem_has():
    """Another kind would be compiled once more, in the middle of a run."""

    def kinds(arrays):
        return [(each.dtype, each.flags.writeable, each.ndim) for each in arrays]

    rows = [flatten(intake(pools=pools)).rows for pools in (False, True)]
    closed = np.zeros(len(rows[0]), dtype=bool)
    walls = [each.walls(price=1.0) for each in rows]
    walls.append(rows[0].walls(price=1.0, closed=closed))
    assert len({tuple(kinds(each)) for each in walls}) == 1

    tiers = intake()
    tiers = tiers.replace(
        option_value=np.stack([tiers.option_value, tiers.option_value], axis=1)
    )
    assert tiers.value(1).flags.c_contiguous


def test_keeping_some_options_keeps_their_uses():
    model, _, reduced = priced(intake())

    near = model.keep(reduced > 0)

    assert near.num_options == (reduced > 0).sum()
    assert (near.value == model.value[near.option]).all()
    chosen = np.full(model.num_agents, -1)
    chosen[near.option_agent] = np.arange(near.num_options)
    assert (near.use(chosen) == model.use(near.original(chosen))).all()


def test_the_check_is_not_part_of_the_search():
    """What is tested here against the check would be worth little otherwise."""
    assert check.__module__ == "planner.optimiser.certificate.check"
