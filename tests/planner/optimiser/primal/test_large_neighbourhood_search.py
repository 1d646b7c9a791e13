"""Those who choose again together, in one group or several at once."""

from dataclasses import replace

import numpy as np
import pytest

from planner.optimiser import Limits, SearchParameters
from planner.optimiser.mip import scip
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.cohort_opening import decided
from planner.optimiser.primal.incumbent import Incumbent
from planner.optimiser.primal.large_neighbourhood_search import (
    COHORTS,
    NeighbourhoodSearch,
)
from planner.optimiser.relaxation.row_model import cohort_rows, without_floors
from planner.optimiser.relaxation.ties import untied
from tests.planner.optimiser.intakes import intake, repairer

FEW = SearchParameters.of({"neighbourhood": {"most_agents": 12}})


def polisher(limits, monkeypatch):
    """Return a search of small groups, and a list of how many were asked at once."""
    asked, solve = [], scip.in_background

    def counted(programs, watch, *, proves):
        asked.append([len(program.option) for program, _ in programs])
        return solve(programs, watch, proves=proves)

    monkeypatch.setattr(scip, "in_background", counted)
    repair = repairer(intake(people=120, slots=8, floor=3, budget=0.5))
    watch = Watch(limits, parameters=FEW)
    best = Incumbent(watch)
    assert best.offer(repair.model, np.full(120, -1))
    search = NeighbourhoodSearch(
        repair.model, repair.model, repair.price, repair.reduced, best, watch
    )
    return search, asked


@pytest.mark.parametrize(
    ("limits", "groups"),
    [
        (Limits(seconds=60, workers=1), 1),
        (Limits(seconds=60, workers=2), 2),
        (Limits(seconds=60, workers=2, work=10**9), 1),
    ],
)
def test_as_many_groups_choose_at_once_as_there_are_workers(
    limits, groups, monkeypatch
):
    """One at a time where work decides: that gives the same plan with any workers."""
    search, asked = polisher(limits, monkeypatch)
    for _ in range(6):
        search.improve(400, 1.0)
    assert {len(programs) for programs in asked} == {groups}
    assert search.best.objective > 0
    assert search.base.feasible(search.best.choice)


def test_nobody_is_in_two_groups(monkeypatch):
    search, _ = polisher(Limits(seconds=60, workers=2), monkeypatch)
    drawn = []
    monkeypatch.setattr(
        search, "choose", lambda draws: drawn.extend(draws) or (False, False)
    )
    search.improve(400, 1.0)
    (first, _), (second, _) = drawn
    assert first.any()
    assert second.any()
    assert not (first & second).any()


def test_cohorts_have_their_turn_at_values_without_ties():
    """Though it is decided which run: their floors are plain limits then."""
    repair = repairer(intake(people=60, slots=6, floor=3, budget=5.0))
    ties = np.arange(repair.model.num_options) % 7
    model = untied(repair.model, ties, 10)
    closed = np.arange(len(model.rows)) == 2
    model = replace(model, rows=decided(model, closed))
    best = Incumbent(Watch(Limits(seconds=20)))
    assert best.offer(repair.model, np.full(60, -1))
    search = NeighbourhoodSearch(
        repair.model, model, 10 * repair.price, 10 * repair.reduced, best,
        Watch(Limits(seconds=20)),
    )  # fmt: skip
    for _ in range(8):
        search.ask(COHORTS)
    assert best.objective > 0
    assert repair.model.feasible(best.choice)


def test_without_floors_only_cohorts_change():
    model = repairer(intake(people=60, slots=6, floor=3)).model
    rows = model.rows
    fixed = replace(model, rows=replace(rows, only_if_used=~cohort_rows(rows)))
    assert without_floors(fixed).rows.lower.tolist() == rows.lower.tolist()
    assert not without_floors(model).rows.lower[cohort_rows(rows)].any()
