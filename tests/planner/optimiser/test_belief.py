"""Nothing is called optimal, impossible, a conflict or a bound on one solver's word.

Each test makes one solver lie, the way a real release once did, and runs the whole of
`solve`. Truth is brute force, or a plan that was planted.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from planner.optimiser import Limits, Status, Termination, check, solve
from planner.optimiser.conflicts import elastic_lp, quickxplain
from planner.optimiser.conflicts.elastic_lp import Limit
from planner.optimiser.conflicts.quickxplain import find_conflict
from planner.optimiser.conflicts.reliefs import given_way
from planner.optimiser.mip import concurrent, cpsat, scip
from planner.optimiser.mip.cpsat import MipAnswer
from planner.optimiser.model.parameters import SearchParameters
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.primal.plain_start import plain_start
from planner.optimiser.relaxation.row_model import flatten
from planner.optimiser.search.proving import prove_at_once
from planner.optimiser.tree import prover
from planner.optimiser.tree.exchange import Exchange
from tests.planner.optimiser import brute, liars, tiny
from tests.planner.optimiser.intakes import intake

LIMITS = Limits(seconds=6, workers=1)


def infeasible(program, real):
    """Say that there is no plan, or none that is better."""
    del program, real
    return MipAnswer(None, None, closed=True)


def worse(program, real):
    """Call nobody at all the optimum, where nobody is a plan."""
    y = np.zeros(len(program.upper), dtype=np.int64)
    return MipAnswer(y, 0.0, closed=True) if program.holds(y) else real()


def low_bound(program, real):
    """Find a plan, and claim a bound below it."""
    answer = real()
    return MipAnswer(answer.y, -1e6, closed=False)


def denied(program, real):
    """Never find anything better than what is known."""
    del real
    return MipAnswer(None, None, closed=program.at_least is not None)


LIES = [infeasible, worse, low_bound, denied]


def lying(monkeypatch, module, lie):
    """Make one solver lie wherever it is asked."""
    real = module.solve

    def solve_(program, *given, **named):
        return lie(program, lambda: real(program, *given, **named))

    monkeypatch.setattr(module, "solve", solve_)


WITHOUT_TREES = SearchParameters.of({"proof": {"options": 0}})
"""What leaves only the word of the solvers."""


@pytest.mark.parametrize("trees", [True, False])
@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("liar", [cpsat, scip])
def test_no_lie_of_one_solver_becomes_a_result(monkeypatch, liar, lie, trees):
    """Small problems with every feature: what is called best or impossible is so."""
    lying(monkeypatch, liar, lie)
    parameters = None if trees else WITHOUT_TREES
    for seed in range(400, 412):
        problem = tiny.random_problem(np.random.default_rng(seed), agents=5, opens=True)
        best = brute.optimum(problem)
        result = solve(problem, limits=LIMITS, parameters=parameters)
        assert check(problem, result).violations == ()
        if result.status is Status.INFEASIBLE:
            assert best is None
        if result.status is Status.OPTIMAL or (
            result.termination is Termination.AGREED and result.plan is not None
        ):
            assert result.plan.tiers == best[0]
        if best is not None:
            assert result.conflict == ()
            word = result.solver_bound
            assert word is None or word >= best[0][0]
            continue
        for relief in result.conflict:
            alone = max(each.clash for each in result.conflict) == 0
            if alone and relief.by is not None:
                assert brute.optimum(given_way(problem, limit_of(relief), relief.by))


def limit_of(relief):
    """The limit of a relief, in a problem whose limits have no names."""
    return Limit(relief.kind, int(relief.limit.removeprefix("supply:")))


@pytest.fixture(scope="module")
def raced():
    """A problem that goes to the race, and its best value."""
    problem = intake(people=40, slots=4, floor=3, seed=3)
    return problem, solve(problem, limits=Limits(seconds=20, workers=2)).objective


def poor(program, answer):
    """Call nobody at all the optimum."""
    nobody = np.zeros(len(program.upper), dtype=np.int64)
    return MipAnswer(nobody, 0.0, closed=True) if program.holds(nobody) else answer


RACED_LIES = {
    "poor": poor,
    "infeasible": lambda program, answer: MipAnswer(None, None, closed=True),
    "low bound": lambda program, answer: MipAnswer(answer.y, -1e6, closed=False),
}


@pytest.mark.parametrize("lie", RACED_LIES)
@pytest.mark.parametrize("liar", ["highs", "scip"])
def test_a_solver_of_the_race_that_lies_is_alone(monkeypatch, raced, liar, lie):
    """One of the two processes lies about the plans there are; nobody follows it."""
    parameters = SearchParameters.of(
        {
            "proof": {"options": 0},
            "pipeline": {"tiny_options": 0},
            "portfolio": {"glance_seconds": 0.01},
        }
    )
    problem, best = raced
    real = concurrent.ConcurrentSolvers._read

    def read(self, solver):
        answer = real(self, solver)
        if solver == liar and self.program is not None:
            return RACED_LIES[lie](self.program, answer)
        return answer

    monkeypatch.setattr(concurrent.ConcurrentSolvers, "_read", read)
    limits = Limits(seconds=4, workers=2)
    result = solve(problem, limits=limits, parameters=parameters)
    assert check(problem, result).violations == ()
    assert result.plan is not None
    assert result.solver_bound is None or result.solver_bound >= best
    if result.status is Status.OPTIMAL or result.termination is Termination.AGREED:
        assert result.objective == best


AT_ONCE = SearchParameters.of({"pipeline": {"tiny_options": 0}})
"""What gives every problem to branch and cut and a tree before anything else."""


def nobody(name, real):
    """Find nobody, and prove that as far as it goes."""
    if real is None or name != "plan.npy":
        return real
    return np.full(len(real), -1)


def everybody(name, real):
    """Place everybody where they like it best, whatever the limits are."""
    if real is None or name != "plan.npy":
        return real
    return np.arange(len(real))


def less(name, real):
    """Prove that nothing is better than a plan that is one worse than the best."""
    if real is None or name != "answer.json" or real["tree"] is None:
        return real
    lie = real["tree"] | {"bound": real["tree"]["bound"] - 1}
    return real | {"tree": lie, "closed": True}


def leafless(name, real):
    """Say that the tree is closed, and give one that proves nothing."""
    if real is None or name != "answer.json":
        return real
    return real | {"tree": {"bound": 0, "nodes": []}, "root": None, "closed": True}


@pytest.mark.parametrize("lie", [nobody, everybody, less, leafless])
def test_the_process_that_has_it_all_at_once_is_not_believed(monkeypatch, raced, lie):
    """Whatever it says was found or proven, a result says what its numbers show."""
    problem, best = raced
    for verb in ("read", "news"):
        real = getattr(Exchange, verb)

        def told(self, name, real=real):
            return lie(name, real(self, name))

        monkeypatch.setattr(Exchange, verb, told)
    limits = Limits(seconds=6, workers=2)
    result = solve(problem, limits=limits, parameters=AT_ONCE)
    assert check(problem, result).violations == ()
    assert result.bound >= best
    if result.status is Status.OPTIMAL or result.termination is Termination.AGREED:
        assert result.objective == best


def instead(monkeypatch, command):
    """Run another program as the process of the tree; its last word is the folder."""
    real = prover.subprocess.Popen

    def popen(asked, **named):
        tree = "planner.optimiser.tree.worker" in asked
        return real([*command, asked[-1]] if tree else asked, **named)

    monkeypatch.setattr(prover.subprocess, "Popen", popen)


@pytest.mark.parametrize("lie", [*liars.LIES, *liars.PLANS])
def test_a_solver_in_the_process_of_the_tree_may_lie_or_die(monkeypatch, lie):
    """At once and after the search, with one tier and two: every word stays true."""
    program = [sys.executable, "-m", liars.__name__, lie]
    instead(monkeypatch, program)
    whole = {"pipeline": {"tiny_options": 0}, "proof": {"here_options": 0}}
    for seed in range(500, 504):
        rng = np.random.default_rng(seed)
        problem = tiny.random_problem(rng, tiers=1 + seed % 2, opens=True)
        result = solve(
            problem,
            limits=Limits(seconds=2, workers=2),
            parameters=SearchParameters.of(whole),
        )
        assert check(problem, result).violations == ()
        best = brute.optimum(problem)
        if best is None:
            assert result.plan is None
            continue
        values = best[0]
        assert result.conflict == ()
        assert result.plan is not None
        assert result.tiers[0].bound >= values[0]
        if (result.status, result.termination) != ("feasible", "time"):
            assert result.plan.tiers == values


def test_who_outlives_the_process_of_the_tree_ends_with_the_run(
    monkeypatch, raced, tmp_path
):
    """It dies and leaves behind what works on: the plan is not lost, and that ends."""
    left = tmp_path / "left"
    instead(monkeypatch, ["/bin/sh", "-c", f"sleep 60 & echo $! > {left}"])
    problem, best = raced
    limits = Limits(seconds=20, workers=2)
    result = solve(problem, limits=limits, parameters=AT_ONCE)
    assert result.objective == best
    until = time.monotonic() + 20
    while is_at_work(int(left.read_text())):
        assert time.monotonic() < until
        time.sleep(0.01)


def is_at_work(process):
    """Whether a process is there, and not only its exit status."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_what_one_solver_settles_is_proven_at_once(raced):
    """No other step is taken; the plan is that of branch and cut, the proof is ours."""
    problem, best = raced
    limits = Limits(seconds=20, workers=2)
    result = solve(problem, limits=limits, parameters=AT_ONCE)
    assert (result.status, result.termination) == ("optimal", "proved")
    assert result.objective == best
    assert {phase.name for phase in result.phases} == {"at once"}


@pytest.mark.parametrize("small", [0, 4000])
def test_a_tree_that_had_to_wait_goes_on_after_the_search(raced, small):
    """It begins at once and is asked again when the search has its plan."""
    problem, best = raced
    parameters = SearchParameters.of(
        {
            "pipeline": {"tiny_options": 0, "lp_first_options": small},
            "proof": {"at_once_share": 1e-6, "small_at_once_share": 1e-6},
        }
    )
    limits = Limits(seconds=20, workers=2)
    result = solve(problem, limits=limits, parameters=parameters)
    assert (result.status, result.objective) == ("optimal", best)
    assert {"at once", "core"} < {phase.name for phase in result.phases}


class Slow:
    """A prover that has found a plan and goes on until the time is up."""

    is_at_work = True

    def __init__(self, choice):
        self.found = [choice]

    def begin(self, *, seconds, seed):
        pass

    def news(self):
        return self.found.pop() if self.found else None

    def rest(self, *, whole):
        pass


@pytest.mark.parametrize("found", [True, False])
def test_a_search_from_a_plan_that_the_clock_chose_is_not_reproducible(raced, found):
    """What is found at once and not proven is where the search begins; the plan that
    is made before anything else is the same each time."""
    problem, _ = raced
    choice = solve(problem, limits=Limits(seconds=20)).plan.choice if found else None
    watch = Watch(Limits(seconds=1))
    start, stated = prove_at_once(problem, watch, Slow(choice), None)
    first = plain_start(flatten(problem), watch)
    assert (start.tolist(), stated) == ((choice if found else first).tolist(), None)
    assert watch.detail().startswith("Not reproducible") is found


def test_a_conflict_of_the_elastic_program_is_shown_in_whole_numbers(monkeypatch):
    """A simplex method that sees strain where there is none names no limit."""
    problem = tiny.random_problem(np.random.default_rng(2)).replace()
    real = elastic_lp._Program.solve

    def strained(self, seconds):
        found = real(self, seconds)
        return (
            None
            if found is None
            else elastic_lp.Strain(
                total=found.total + 5.0, prices=found.prices, agent=found.agent
            )
        )

    for seed in range(40):
        problem = tiny.random_problem(np.random.default_rng(seed))
        if brute.optimum(problem) is None:
            continue
        with monkeypatch.context() as patch:
            patch.setattr(elastic_lp._Program, "solve", strained)
            assert quickxplain.find_conflict(problem, seconds=5) is None


def test_a_lie_about_a_better_plan_does_not_cost_the_plan(monkeypatch):
    """CP-SAT denies every better plan: the run ends with one, and says `feasible` or
    proves it, but never breaks down."""
    lying(monkeypatch, cpsat, denied)
    problem = intake(people=60, slots=6, seed=5, budget=0.3)
    limits = Limits(seconds=3, workers=1)
    result = solve(problem, limits=limits, parameters=WITHOUT_TREES)
    assert result.plan is not None
    assert result.solver_bound is None or result.solver_bound >= result.objective


def test_two_who_agree_are_told_as_what_they_are():
    """Without a proof the best there is is `feasible`, `agreed`; with one `optimal`."""
    problem = intake(people=30, slots=4, seed=2, budget=0.35)
    proven = solve(problem, limits=Limits(seconds=30, workers=1))
    assert (proven.status, proven.termination) == ("optimal", "proved")
    limits = Limits(seconds=30, workers=1)
    told = solve(problem, limits=limits, parameters=WITHOUT_TREES)
    assert told.objective == proven.objective
    if told.bound >= told.objective + 1:
        assert (told.status, told.termination) == ("feasible", "agreed")
        assert told.solver_bound == told.objective
        assert check(problem, told).notes[0].startswith("agreed: two methods")


def test_no_plan_is_proved_by_a_tree_or_agreed():
    """The only course needs three, and its only guest must come: no price says so."""
    problem = tiny.random_problem(np.random.default_rng(0)).replace(
        agent_must=[True, False, False],
        option_agent=[0, 1, 2],
        option_value=[1, 1, 1],
        use_ptr=[0, 1, 3, 5],
        use_resource=[0, 0, 1, 0, 1],
        use_amount=[1, 1, 1, 1, 1],
        resource_upper=[5, 1],
        resource_lower=[3, 0],
        resource_only_if_used=[True, False],
        resource_shortfall_price=[-1, -1],
        resource_excess_price=[-1, -1],
        resource_step=(),
        supply_upper=[],
        supply_ptr=[0, 0, 0],
        supply_index=[],
    )
    result = solve(problem, limits=LIMITS)
    assert (result.status, result.termination) == ("infeasible", "proved")
    assert check(problem, result).notes == ("infeasible: proven by a tree",)
    result = solve(problem, limits=LIMITS, parameters=WITHOUT_TREES)
    assert (result.status, result.termination) == ("infeasible", "agreed")
    assert find_conflict(problem) is not None
