"""Cohorts that are decided upon again, and the turns of the two ways to improve."""

from dataclasses import replace

import numpy as np

from planner.optimiser import Limits
from planner.optimiser.model.parameters import DEFAULTS
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.cohort_neighbourhood import CohortNeighbourhood
from planner.optimiser.primal.cohort_opening import decided
from planner.optimiser.primal.incumbent import Incumbent
from planner.optimiser.primal.large_neighbourhood_search import (
    COHORTS,
    LIMITS,
    NeighbourhoodSearch,
    OperatorChoice,
)
from planner.optimiser.relaxation.row_model import cohort_rows
from tests.planner.optimiser.intakes import intake, repairer


def shut(model, cohort):
    """Return the model in which a cohort does not run."""
    closed = np.arange(len(model.rows)) == cohort
    return replace(model, rows=decided(model, closed))


def closed_for_no_reason():
    """Money for everybody, seats for all, and a cohort that nobody thought of."""
    repair = repairer(intake(people=60, slots=6, floor=3, budget=5.0))
    model = shut(repair.model, 2)
    best = Incumbent(Watch(Limits(seconds=20)))
    choice = np.full(60, -1)
    for agent in range(60):
        for option in range(4 * agent, 4 * agent + 4):
            trial = choice.copy()
            trial[agent] = option
            if (model.use(trial) <= model.rows.upper).all():
                choice = trial
                break
    assert best.offer(repair.model, choice)
    return repair, model, best


def test_a_cohort_closed_for_no_reason_is_opened_again():
    repair, model, best = closed_for_no_reason()
    watch = Watch(Limits(seconds=20))
    polisher = NeighbourhoodSearch(
        repair.model, model, repair.price, repair.reduced, best, watch
    )
    before = best.objective

    for _ in range(10):
        polisher.ask(COHORTS)

    assert best.objective > before
    assert repair.model.use(best.choice)[2] >= 3
    assert repair.model.feasible(best.choice)


def test_every_cohort_has_its_turn_and_the_unused_come_first():
    repair, model, best = closed_for_no_reason()
    draw = CohortNeighbourhood(
        repair.model, model, repair.price, np.random.default_rng(1)
    )

    order = draw.round(best.choice)

    cohorts = np.flatnonzero(cohort_rows(repair.model.rows))
    assert sorted(order) == cohorts.tolist()
    assert order[-1] == 2  # the list is taken from behind


def test_who_is_in_a_cohort_chooses_again_with_it():
    repair, model, best = closed_for_no_reason()
    draw = CohortNeighbourhood(
        repair.model, model, repair.price, np.random.default_rng(1)
    )

    free, keep = draw(best.choice)

    assert free.any()
    assert keep[best.choice[free & (best.choice >= 0)]].any()
    assert keep[
        (repair.model.use_row[::2] == 2) & free[repair.model.option_agent]
    ].any()


def test_polishing_ends_where_neither_way_gains():
    """A handful of cohorts and people: all is tried long before the time is up."""
    repair, model, best = closed_for_no_reason()
    watch = Watch(Limits(seconds=600))
    polisher = NeighbourhoodSearch(
        repair.model, model, repair.price, repair.reduced, best, watch
    )

    polisher(np.inf, 600)

    assert polisher.vain >= DEFAULTS.neighbourhood.patience
    assert not watch()


def test_cohorts_that_nobody_could_join_are_left_alone():
    problem = intake(people=60, slots=6, budget=5.0)
    lower = np.append(problem.resource_lower, 3)
    nobody = problem.replace(
        resource_lower=lower,
        resource_upper=np.append(problem.resource_upper, 9),
        resource_only_if_used=lower == 3,
        resource_shortfall_price=np.append(problem.resource_shortfall_price, -1),
        resource_excess_price=np.append(problem.resource_excess_price, -1),
        resource_step=np.append(problem.resource_step, 1),
        supply_ptr=np.append(problem.supply_ptr, problem.supply_ptr[-1]),
    )
    repair = repairer(nobody)
    polisher = NeighbourhoodSearch(
        repair.model, repair.model, repair.price, repair.reduced,
        Incumbent(Watch(Limits())), Watch(Limits()),
    )  # fmt: skip

    assert polisher.others == [polisher.limits]


def test_the_way_that_gains_more_has_more_turns_and_the_others_some():
    turns, counts = OperatorChoice(3, DEFAULTS.neighbourhood), [0, 0, 0]
    for _ in range(200):
        way = turns.turn()
        counts[way] += 1
        turns.learn(way, 5.0 if way == COHORTS else 1.0, 1.0)
    assert counts[COHORTS] > counts[LIMITS] > 20
    assert counts[0] > 20
