"""The benchmarks measure what they say: same instances, honest peers."""

import numpy as np
import pytest

from planner.optimiser import Limits, read_instance, solve
from planner.optimiser.certificate.feasibility import facts
from tests.benchmarks import public
from tests.benchmarks.__main__ import main
from tests.benchmarks.contender import proof_of
from tests.benchmarks.dryness import judge
from tests.benchmarks.families import FAMILIES, gap_d, gap_e
from tests.benchmarks.peers import PEERS
from tests.benchmarks.race import proven_bound
from tests.paths import DATA
from tests.planner.optimiser.conftest import INSTANCES


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_a_function_of_people_and_seed(family):
    make = FAMILIES[family]
    assert make(60, 3).digest == make(60, 3).digest
    assert make(60, 3).digest != make(60, 4).digest
    assert make(60, 3).num_agents == 60


def test_gap_recipes_keep_to_their_ranges():
    """Class d: 111 - a + U[-10, 10]; both: capacities at 80% of the mean load."""
    problem = gap_d(40, 5, seed=2)
    noise = 111 - problem.use_amount + problem.option_value
    assert np.abs(noise).max() <= 10
    for recipe in (gap_d, gap_e):
        problem = recipe(40, 5)
        load = np.bincount(problem.use_resource, weights=problem.use_amount)
        assert problem.resource_upper.tolist() == (load * 0.8 // 5).tolist()


@pytest.mark.parametrize("family", ["cohorts", "trainers", "pools", "scarce"])
def test_peers_solve_the_same_problem(family):
    """Whoever proves an optimum proves the same one, and every plan is feasible."""
    problem = FAMILIES[family](30)
    best = solve(problem, limits=Limits(seconds=30)).objective
    for name in ("highs", "scip", "cpsat-enforced"):
        choice, _ = PEERS[name](problem, 30, 2)
        truth = facts(problem, choice)
        assert truth.violations == ()
        assert truth.tiers == (best,), name
    choice, _ = PEERS["greedy"](problem, 1, 1)
    truth = facts(problem, choice)
    assert truth.tiers[0] <= best


def test_linear_programs_bound_the_optimum():
    problem = FAMILIES["cohorts"](30)
    best = solve(problem, limits=Limits(seconds=30)).objective
    for name in ("highs-lp", "glop-lp"):
        assert PEERS[name](problem, 30, 2)[1] >= best - 1e-6


def test_a_race_prints_a_table(capsys):
    main(["race", "seats", "--people", "30", "--seconds", "1", "--peers", "greedy"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("seats-30-1: made in")
    ours, greedy = [line.split(" | ") for line in lines if line.count("|") == 10][2:]
    assert ours[0] == "| planner"
    assert greedy[0] == "| greedy"
    assert float(ours[3]) == 1.0
    assert lines[-1].startswith("ours: ")


@pytest.mark.parametrize("family", ["cohorts", "pools"])
def test_a_race_counts_all_that_proves_a_bound(family):
    """Fees and trees as well: prices that have fees prove little without them."""
    problem = FAMILIES[family](60, 3)
    result = solve(problem, limits=Limits(seconds=20, workers=1))
    found = {name: of for name, of in proof_of(result).items() if of is not None}
    assert len(result.fees) or "tree" in found
    assert proven_bound(problem, found) == result.tiers[0].bound


def test_the_frozen_demo_is_read_whole():
    """What the figures of the three tiers are about."""
    problem = read_instance(INSTANCES / "demo-672.npz")
    sizes = problem.num_agents, problem.num_options, problem.num_tiers
    assert sizes == (672, 1_357, 3)
    assert (problem.num_resources, problem.num_supplies) == (153, 52)


@pytest.mark.parametrize(
    ("name", "agents", "options"),
    [("teams-rank", 416, 5_167), ("courses", 10_958, 10_958)],
)
def test_public_data_are_read_as_their_source_says(name, agents, options):
    if not DATA.is_dir():
        pytest.skip(f"there is no {DATA}")
    problem = public.PUBLIC[name]()
    assert (problem.num_agents, problem.num_options) == (agents, options)


def test_a_race_on_absent_data_says_so(monkeypatch, tmp_path):
    """Nothing is measured in silence."""
    monkeypatch.setattr(public, "DATA", tmp_path / "none")
    with pytest.raises(SystemExit, match="so nothing is measured"):
        public.read("teams-rank")


def test_the_judge_of_dryness_reports_what_it_finds(tmp_path, capsys):
    path = tmp_path / "seats.npz"
    main(["make", "seats", "--people", "60", "--output", str(path)])

    main(["dryness", str(path), "--seconds", "5"])

    assert "found by 0 programs" in capsys.readouterr().out


def test_the_judge_finds_the_place_that_somebody_lacks():
    """Nobody is placed: with everybody in the first program it finds the optimum."""
    problem = FAMILIES["cohorts"](30)
    best = solve(problem, limits=Limits(seconds=30))

    found, after, _ = judge(problem, np.full(problem.num_agents, -1))

    assert found
    told = facts(problem, after)
    assert told.violations == ()
    assert 0 < told.tiers[0] <= best.objective
