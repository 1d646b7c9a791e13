"""Every limit as a plain row: the rows prove what the lines and limits prove."""

import numpy as np
from hypothesis import given, settings

from planner.optimiser import Plan, check
from planner.optimiser.certificate.check import feasible, verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.relaxation.subgradient import Sweeper
from tests.planner.optimiser.intakes import intake, priced
from tests.planner.optimiser.strategies import problems


def verified(problem, model, price):
    resource, supply = model.prices(price)
    return verified_bound(
        problem,
        Prices(price=resource, supply_price=supply, tier_price=np.zeros(0)),
    )


@given(problems(max_tiers=1, opens=False))
@settings(max_examples=80, deadline=None)
def test_the_bound_of_the_rows_is_no_better_than_the_verified_one(problem):
    """Random prices of rows, sets of budget lines included, survive the check."""
    model = flatten(problem)
    price = np.random.default_rng(1).normal(0, 5, len(model.rows))
    with Sweeper(model, 1) as sweep:
        bound, _ = sweep(model.rows.clip(price))

    assert verified(problem, model, price) <= bound + 1e-6 * (1 + abs(bound))


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
