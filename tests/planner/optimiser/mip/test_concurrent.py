"""Two solvers beside the search: believed only as far as they agree and it holds."""

import time

import numpy as np
import pytest

from planner.optimiser import Limits, SearchParameters, Status, solve
from planner.optimiser.mip import concurrent
from planner.optimiser.mip.concurrent import ConcurrentSolvers, agreed, worth
from planner.optimiser.mip.cpsat import MipAnswer
from planner.optimiser.mip.mip_model import MipRow, formulate
from tests.planner.optimiser.tiny import best_tiers, random_problem


@pytest.fixture
def problem():
    """A problem with every feature and a plan."""
    return next(
        found
        for seed in range(100)
        if best_tiers(found := random_problem(np.random.default_rng(seed))) is not None
    )


def finish(program, seconds=60.0, workers=2):
    with ConcurrentSolvers(seed=1, workers=workers) as race:
        race.begin(program, seconds=seconds)
        wait(race)
        return race


def wait(race):
    while not race.over():
        race.look()
        time.sleep(0.01)


def test_both_find_the_optimum(problem):
    program = formulate(problem)
    race = finish(program)
    assert agreed(race.answers, program)
    assert {worth(program, answer) for answer in race.answers.values()} == {
        best_tiers(problem)[0]
    }


def test_one_after_the_other_on_one_core(problem):
    assert set(finish(formulate(problem), workers=1).answers) == set(concurrent.SOLVERS)


def test_both_say_that_there_is_nothing_better(problem):
    program = formulate(problem)
    columns = np.arange(len(program.option))
    program.rows.append(MipRow(columns, np.zeros_like(columns), 1, None))
    race = finish(program)
    assert agreed(race.answers, program)
    assert all(answer.y is None for answer in race.answers.values())


def test_a_plan_that_breaks_a_row_is_not_believed(problem, monkeypatch):
    program = formulate(problem)
    monkeypatch.setattr(program, "holds", lambda y: False)
    race = finish(program)
    assert not agreed(race.answers, program)
    assert list(race.answers.values()) == [MipAnswer(None, None, closed=False)] * 2


def test_different_ends_are_no_agreement(problem):
    program = formulate(problem)
    none, some = MipAnswer(None, None, closed=True), finish(program).answers["highs"]
    assert not agreed({"highs": some, "scip": none}, program)
    assert not agreed({"highs": some}, program)


def test_leaving_ends_the_processes(problem):
    with ConcurrentSolvers(seed=1, workers=2) as race:
        processes = list(race._running.values())
        assert len(processes) == 2
    assert all(process.returncode is not None for process in processes)


def test_a_plan_that_is_known_is_where_they_start(problem):
    """With no time at all, the plan they were given comes back, or nothing."""
    program = formulate(problem)
    best = finish(program).answers["highs"].y

    with ConcurrentSolvers(seed=1, workers=2) as race:
        race.begin(program, seconds=60, start=best[: len(program.option)])
        wait(race)

    assert worth(program, race.answers["highs"]) == best_tiers(problem)[0]


def test_what_is_left_open_is_settled_by_both(problem):
    """Without the quick proof the race has to bring it, or CP-SAT beside it."""
    no_quick_proof = SearchParameters.of({"pipeline": {"tiny_options": 0}})
    result = solve(problem, limits=Limits(seconds=60), parameters=no_quick_proof)
    assert result.status is Status.OPTIMAL
    assert result.objective == best_tiers(problem)[0]
