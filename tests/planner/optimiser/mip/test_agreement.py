"""The exact search against brute force, and its way with untrustworthy solvers."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from planner.optimiser.mip import agreement, cpsat, scip
from planner.optimiser.mip.agreement import prove
from planner.optimiser.mip.concurrent import written
from planner.optimiser.mip.cpsat import Effort, MipAnswer
from planner.optimiser.mip.mip_model import formulate
from planner.optimiser.model.limits import Limits
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.result import Status
from planner.optimiser.relaxation.subgradient import DualSolution
from tests.planner.optimiser.tiny import best_tiers, keeps, random_problem

LIMITS = Limits(seconds=20, workers=1)


def random_prices(rng, problem):
    """Return any prices at all, with the bound that they prove."""
    from planner.optimiser.certificate import dual_bound

    price = rng.integers(0, 3, problem.num_resources).astype(float)
    lines = rng.integers(0, 3, problem.num_supplies).astype(float)
    none = np.zeros(0)
    proved = dual_bound.bound(
        problem, dual_bound.Prices(price=price, supply_price=lines, tier_price=none)
    )
    return DualSolution(price, lines, float(proved))


@pytest.mark.parametrize("seed", range(150))
def test_prove_finds_what_brute_force_finds(seed):
    """Every feature in every combination; the verdict is proven each time."""
    problem = random_problem(np.random.default_rng(seed))
    best = best_tiers(problem)
    outcome = prove(problem, None, None, limits=LIMITS)
    assert outcome.proven
    if best is None:
        assert outcome.status is Status.INFEASIBLE
        assert outcome.choice is None
        return
    plan = Plan.of(problem, outcome.choice)
    assert outcome.status is Status.OPTIMAL
    assert keeps(problem, plan)
    assert plan.tiers == best
    assert outcome.bound == best[0]


@pytest.mark.parametrize("seed", range(60))
def test_prove_with_prices_and_a_plan_still_finds_the_optimum(seed):
    """Leaving out options that lose too much at any valid prices loses no optimum."""
    rng = np.random.default_rng(seed + 1000)
    problem = random_problem(rng)
    best = best_tiers(problem)
    nobody = np.full(problem.num_agents, -1)
    start = nobody if keeps(problem, Plan.of(problem, nobody)) else None
    outcome = prove(problem, start, random_prices(rng, problem), limits=LIMITS)
    assert outcome.proven
    found = None if outcome.choice is None else Plan.of(problem, outcome.choice).tiers
    assert found == best


def one_seat():
    """Two people and one seat: the better one, 7, gets it."""
    return random_problem(np.random.default_rng(0)).replace(
        agent_must=np.array([False, False]),
        option_agent=np.array([0, 1], dtype=np.int32),
        option_value=np.array([7, 5]),
        use_ptr=np.array([0, 1, 2]),
        use_resource=np.array([0, 0], dtype=np.int32),
        use_amount=np.array([1, 1]),
        resource_upper=np.array([1]),
        resource_lower=np.array([0]),
        resource_only_if_used=np.array([False]),
        resource_shortfall_price=np.array([-1]),
        resource_excess_price=np.array([-1]),
        resource_step=(),
        supply_upper=np.zeros(0, dtype=np.int64),
        supply_ptr=np.array([0, 0]),
        supply_index=np.zeros(0, dtype=np.int32),
    )


def test_prices_alone_prove_a_plan_without_any_solver(monkeypatch):
    """At price 7 the bound is 7 as well, so nobody has to be asked."""
    monkeypatch.delattr(cpsat, "solve")
    prices = DualSolution(np.array([7.0]), np.zeros(0), 7.0)
    outcome = prove(one_seat(), np.array([0, -1]), prices, limits=LIMITS)
    assert (outcome.status, outcome.proven) == (Status.OPTIMAL, True)


def test_a_wrong_proof_of_the_first_method_is_overturned(monkeypatch):
    """CP-SAT says that 5 is optimal; branch and cut finds 7, and then both agree."""
    real, lies = cpsat.solve, [MipAnswer(np.array([0, 1]), 5.0, closed=True)]
    monkeypatch.setattr(
        cpsat, "solve", lambda *a, **k: lies.pop() if lies else real(*a, **k)
    )
    outcome = prove(one_seat(), None, None, limits=LIMITS)
    assert outcome.choice.tolist() == [0, -1]
    assert (outcome.status, outcome.proven) == (Status.OPTIMAL, True)
    assert outcome.bound == 7


def test_a_wrong_infeasible_is_not_believed(monkeypatch):
    """One method sees no plan; the other does, so infeasible is never said."""
    closed = MipAnswer(None, None, closed=True)
    monkeypatch.setattr(cpsat, "solve", lambda *a, **k: closed)
    outcome = prove(one_seat(), None, None, limits=LIMITS)
    assert outcome.choice.tolist() == [0, -1]


def test_without_a_second_method_a_claim_stays_unproven(monkeypatch):
    """The claim is marked as not proven, and its bound counts for nothing."""
    silent = MipAnswer(None, None, closed=False)
    real = cpsat.solve
    monkeypatch.setattr(scip, "solve", lambda *a, **k: silent)
    monkeypatch.setattr(
        cpsat,
        "solve",
        lambda *a, plainly, **k: silent if plainly else real(*a, plainly=False, **k),
    )
    outcome = prove(one_seat(), None, None, limits=LIMITS)
    assert (outcome.status, outcome.proven) == (Status.OPTIMAL, False)
    assert outcome.bound is None


def test_a_plan_that_breaks_a_limit_is_thrown_away(monkeypatch):
    """A solver that puts two people on one seat has said nothing at all."""
    both = MipAnswer(np.array([1, 1]), 12.0, closed=True)
    monkeypatch.setattr(cpsat, "solve", lambda *a, **k: both)
    outcome = prove(one_seat(), None, None, limits=LIMITS)
    assert outcome.choice is None
    assert outcome.status is Status.UNKNOWN
    assert outcome.bound is None


def test_a_solver_that_found_nothing_has_no_bound():
    """OR-Tools leaves the bound at 0 then, which would be below a plan worth 7."""
    unknown = SimpleNamespace(
        status=SimpleNamespace(name="UNKNOWN"),
        solution=[],
        inner_objective_lower_bound=0,
    )
    assert cpsat._answer(unknown) == MipAnswer(None, None, closed=False)


def test_plans_are_told_in_the_thread_that_asked():
    """Whoever watches a run is never called from a solver's thread."""
    seen = []
    prove(
        one_seat(),
        None,
        None,
        limits=LIMITS,
        stop=lambda: bool(seen.append(threading.get_ident())),
        on_plan=lambda choice: seen.append(threading.get_ident()),
    )
    assert set(seen) == {threading.get_ident()}


def test_second_methods_agree_with_each_other():
    """SCIP, HiGHS and plain CP-SAT answer the same question alike."""
    effort = cpsat.Effort(10)
    for seed in range(20):
        problem = random_problem(np.random.default_rng(seed))
        program = agreement.formulate(problem)
        answers = [
            scip.solve(program, effort),
            scip.solve(program, effort, solver="highs"),
            cpsat.solve(program, effort, plainly=True),
        ]
        assert all(answer.closed for answer in answers)
        worth = {
            None if a.y is None else int(np.dot(program.objective, a.y))
            for a in answers
        }
        assert len(worth) == 1


def test_a_run_with_a_work_limit_gives_the_same_plan_again():
    """Work, not time, ends the search: the same choice on every run and core count."""
    problem = random_problem(np.random.default_rng(5), agents=30, options=6)
    choices = [
        prove(problem, None, None, limits=Limits(work=1, workers=workers)).choice
        for workers in (1, 2, 2)
    ]
    assert choices[0] is not None
    assert all((choice == choices[0]).all() for choice in choices)


def test_what_has_no_choice_is_taken_off_the_program():
    """One must who has one option: her billions are no number a solver has to see."""
    problem = one_seat().replace(
        agent_must=np.array([True, False]),
        option_value=np.array([7 * 10**12, 5]),
        use_amount=np.array([10**12, 3]),
        resource_upper=np.array([10**12 + 2, *one_seat().resource_upper[1:]]),
    )
    program = formulate(problem)
    arrays = written(program)

    answer = scip.solve(program, Effort(10))

    assert np.abs(arrays["objective"]).max() == 5
    assert arrays["high"][np.isfinite(arrays["high"])].max() < 10
    assert answer.closed
    assert answer.y.tolist() == [1, 0]
    assert answer.bound == 7 * 10**12


@pytest.mark.parametrize("solver", ["scip", "highs"])
def test_a_second_method_is_asked_for_something_better(solver):
    """The row that asks for more than the best there is leaves no plan."""
    answer = scip.solve(formulate(one_seat(), at_least=8), Effort(10), solver=solver)

    assert answer.closed
    assert answer.y is None
