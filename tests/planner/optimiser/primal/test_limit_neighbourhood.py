"""Those who could use a limit choose again, and nothing else is solved twice."""

import numpy as np
import pytest

from planner.optimiser import Limits
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.model.parameters import DEFAULTS
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.incumbent import Incumbent
from planner.optimiser.primal.large_neighbourhood_search import NeighbourhoodSearch
from planner.optimiser.primal.limit_neighbourhood import LimitNeighbourhood
from planner.optimiser.primal.regret_greedy import round_prices
from tests.benchmarks.dryness import judge
from tests.planner.optimiser.intakes import intake, repairer


def half_a_plan(seed=1):
    """A plan from which all went who could, and how to draw from it."""
    problem = intake(people=60, slots=6, seed=seed, floor=3, budget=0.6)
    repair = repairer(problem)
    model, watch = repair.model, Watch(Limits(seconds=60))
    choice = repair(round_prices(model, repair.reduced), watch)
    for agent in range(0, model.num_agents, 3):
        other = choice.copy()
        other[agent] = -1
        choice = other if model.feasible(other) else choice
    assert (choice >= 0).any()
    draw = LimitNeighbourhood(
        model, model, repair.price, model.rows.upper > 0, DEFAULTS.neighbourhood
    )
    return problem, repair, choice, draw


def test_who_could_use_the_limit_chooses_among_all_that_could_gain():
    _, repair, choice, draw = half_a_plan()

    free, keep = draw(choice)

    assert free.any()
    held = choice[free & (choice >= 0)]
    assert keep[held].all()
    assert (keep & free[repair.model.option_agent]).sum() > len(held)


def test_a_limit_is_asked_about_again_only_where_something_has_changed():
    _, _, choice, draw = half_a_plan()
    first = []
    draw.begin(choice)
    while draw.waiting:
        first.append(draw(choice)[0].any())
    assert any(first)

    draw.begin(choice)
    while draw.waiting:
        assert not draw(choice)[0].any()
    draw.begin(np.full(len(choice), -1))
    assert draw(np.full(len(choice), -1))[0].any()


@pytest.mark.parametrize("seed", range(4))
def test_drying_never_makes_a_plan_worse_and_leaves_nothing_to_the_judge(seed):
    problem, repair, choice, _ = half_a_plan(seed)
    watch = Watch(Limits(seconds=60))
    best = Incumbent(watch)
    assert best.offer(repair.model, choice)
    search = NeighbourhoodSearch(
        repair.model, repair.model, repair.price, repair.reduced, best, watch
    )

    search.dry(np.inf)

    assert best.objective >= facts(problem, choice).tiers[0]
    assert facts(problem, best.choice).violations == ()
    assert judge(problem, best.choice, seconds=60)[0] == []
