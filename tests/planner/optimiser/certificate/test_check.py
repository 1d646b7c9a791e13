"""The check accepts what is true and rejects what is not."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from planner.optimiser import check, read_instance
from planner.optimiser.certificate.check import feasible
from planner.optimiser.model.claim import Claim
from planner.optimiser.model.fees import Fees
from tests.planner.optimiser import brute, claims, strategies

relaxed = settings(suppress_health_check=[HealthCheck.filter_too_much])


@given(claims.true_claims())
@relaxed
def test_true_claims_are_accepted(case):
    problem, claim = case
    verdict = check(problem, claim)
    assert verdict.violations == ()
    assert verdict.objective == claim.objective
    assert verdict.bound == pytest.approx(claim.bound, rel=1e-12)


@given(claims.true_claims())
@relaxed
def test_a_bound_above_what_the_prices_prove_is_weak_but_no_fault(case):
    """Prices that prove more than is claimed suffice; the verdict says what they do."""
    problem, claim = case
    weaker = claims.restated(claim, 0, bound=claim.tiers[0].bound + 1)
    verdict = check(problem, weaker)
    assert verdict.violations == ()
    assert verdict.tiers[0][1] == pytest.approx(claim.tiers[0].bound, rel=1e-12)


OFTEN = {
    "choices": ("borrowed", "dropped", "invented", "replaced", "split", "swapped"),
    "numbers": ("bound lowered", "bound no number", "gap", "objective", "value"),
    "prices": ("no number", "price lowered", "price raised", "supply_price raised"),
    "fees": ("changed", "no number", "nobody's", "shorter", "twice"),
    "limits": ("cohort one short", "line overspent", "one short", "overspent"),
    "stories": ("digest", "no plan", "status", "termination", "tiers"),
}


def test_at_least_10_000_false_claims_are_rejected():
    """Every mutant is caught; `brute` alone decides which mutants are false."""
    rejected = Counter()

    @given(claims.true_claims())
    @settings(relaxed, max_examples=200, derandomize=True, phases=[Phase.generate])
    def reject_every_mutant(case):
        for what, problem, claim in claims.false_claims(*case):
            assert check(problem, claim).violations, what
            rejected[what] += 1

    reject_every_mutant()
    assert rejected.total() >= 10_000
    for spoilt, kinds in OFTEN.items():
        for kind in kinds:
            assert rejected[f"{spoilt}: {kind}"] >= 20, kind


@given(strategies.problems(max_agents=4))
def test_feasible_is_what_brute_force_says(problem):
    """Every choice at all: what the check accepts is what the limits allow."""
    allowed = {choice for _, choice in brute.plans(problem)}
    menus = [
        [-1, *np.flatnonzero(problem.option_agent == agent).tolist()]
        for agent in range(problem.num_agents)
    ]
    for choice in np.stack(np.meshgrid(*menus), axis=-1).reshape(-1, len(menus)):
        assert feasible(problem, choice) == (tuple(choice.tolist()) in allowed)


def test_every_violation_is_listed_in_words(instance_path):
    """One sentence a limit: which, how much, and by how much too much."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    problem = problem.replace(supply_upper=[1000, 500])
    verdict = check(problem, plan_only(problem, [0, 1]))
    assert verdict.violations == (
        "'seat:penang-atp': 2 used, upper limit 1: 1 too much",
        (
            "'pool:airfare:2027': 12900 used, but 'line:lpdp-2027' and "
            "'line:kemenperin-2027' can give 1500: 11400 too much"
        ),
    )


def plan_only(problem, choice):
    """Return the claim that a choice is feasible, and nothing more."""
    choice = np.array(choice)
    value = int(problem.value()[choice[choice >= 0]].sum())
    tier = claims.TierClaim(value=value, bound=None, gap=None)
    return Claim(
        status="feasible",
        termination="time",
        choice=choice,
        objective=value,
        bound=None,
        gap=None,
        tiers=(tier,),
    )


def test_a_claim_without_a_bound_holds(instance_path):
    """Nothing is said about how good the plan is, so nothing is wrong."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    verdict = check(problem, plan_only(problem, [0, -1]))
    assert verdict.holds
    assert (verdict.objective, verdict.bound, verdict.gap) == (812, None, None)


def test_a_word_beyond_2_53_may_be_rounded(instance_path):
    """2**53 + 3 is no float: written down, it is one more; agreed is not proven."""
    value = 2**53 + 3
    problem = read_instance(instance_path("two-people-one-seat.json"))
    problem = problem.replace(option_value=[value, 3])
    claim = plan_only(problem, [0, -1])
    told = {"solver_bound": float(value)}
    tiers = (replace(claim.tiers[0], **told),)
    claim = replace(claim, termination="agreed", tiers=tiers, **told)
    assert float(value) == value + 1
    assert check(problem, claim).violations == ()
    says = check(problem, claim).notes[0]
    assert says.startswith("agreed: two methods found nothing better")
    proved = replace(claim, status="optimal", termination="proved")
    assert not check(problem, proved).holds
    worse = replace(claim, choice=np.array([-1, 1]))
    assert not check(problem, worse).holds


ENDED = {
    "optimal": {"proved"},
    "feasible": {"agreed"},
    "infeasible": {"proved", "agreed"},
    "unknown": set(),
}
"""How a run may have ended that says so, beside what ends any run."""

ENDS = {"gap", "time", "work", "stopped", "exhausted", "memory", "crashed"}


@pytest.mark.parametrize("status", ENDED)
@pytest.mark.parametrize("ended", ["proved", "agreed", *sorted(ENDS), "well", ""])
def test_status_and_termination_tell_one_story(instance_path, status, ended):
    """Every pair there is: nothing is wrong with those of the manual, or with others
    only how it ended."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    price = np.array([640.0, 0.0])
    tier = claims.TierClaim(
        value=812, bound=812.0, gap=0.0, price=price, supply_price=np.zeros(2)
    )
    claim = replace(plan_only(problem, [0, -1]), bound=812.0, gap=0.0, tiers=(tier,))
    if status in ("infeasible", "unknown"):
        problem = problem.replace(agent_must=[status == "infeasible"] * 2)
        none = replace(tier, value=None, bound=None, gap=None)
        claim = replace(
            claim, choice=None, objective=None, bound=None, gap=None, tiers=(none,)
        )
    allowed = ENDED[status] | (ENDS if status in ("feasible", "unknown") else set())
    violations = check(problem, replace(claim, status=status, termination=ended))
    wrong = [each.split(":")[0] for each in violations.violations]
    assert wrong == ([] if ended in allowed else ["termination"])


def test_numbers_that_are_no_prices_are_refused_beside_a_proof(knapsack):
    """A tree proves it without them, and still they are nothing to hand on."""
    row = {"bits": 1, "price": [[0, 1]]}
    leaf = {"leaf": {"row": [[0, 10]]}}
    tier = claims.TierClaim(
        value=20,
        bound=20.0,
        gap=0.0,
        price=np.array([5.0]),
        supply_price=np.zeros(0),
        tree={"bound": 20, "rows": [row], "nodes": [leaf]},
    )
    claim = Claim(
        status="optimal",
        termination="proved",
        choice=np.array([0, 1, -1]),
        objective=20,
        bound=20.0,
        gap=0.0,
        tiers=(tier,),
    )
    assert check(knapsack, claim).violations == ()
    nobody = np.array([0])
    for changes, says in (
        ({"price": np.array([np.nan])}, "price[0]: nan is not a finite number"),
        ({"price": np.zeros(2)}, "price: (2,) numbers, not 1"),
        (
            {"fees": Fees(option=nobody, resource=nobody, fee=np.ones(1))},
            "fee[0]: 1.0 is for no cohort",
        ),
    ):
        spoilt = replace(claim, tiers=(replace(tier, **changes),))
        (violation,) = check(knapsack, spoilt).violations
        assert violation.startswith(f"tier 1: prices: {says}")


def test_infeasible_is_proven_by_prices_or_noted_as_agreed(instance_path):
    """Both must go and there is one seat: any price on the seat proves it."""
    problem = read_instance(instance_path("two-people-one-seat.json"))
    problem = problem.replace(agent_must=[True, True])
    claim = replace(
        plan_only(problem, [0, -1]),
        status="infeasible",
        termination="proved",
        choice=None,
        objective=None,
        tiers=(
            claims.TierClaim(
                value=None,
                bound=None,
                gap=None,
                price=np.array([1.0, 0.0]),
                supply_price=np.zeros(2),
                tier_price=np.zeros(0),
            ),
        ),
    )
    verdict = check(problem, claim)
    assert verdict.violations == ()
    assert verdict.notes == ("infeasible: proven by the prices",)
    without = check(problem, replace(claim, tiers=()))
    assert without.violations == (
        "termination: proved, but the status is infeasible, and nothing proves it",
    )
    agreed = check(problem, replace(claim, tiers=(), termination="agreed"))
    assert agreed.violations == ()
    assert agreed.notes == ("infeasible: two methods agree on it, nothing proves it",)
