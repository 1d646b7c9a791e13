"""Entry fees go into result files and come out of them, or are refused in one line."""

import json
from dataclasses import replace

import numpy as np
import pytest

from planner.optimiser import check, explain, limits_in_force, read_instance
from planner.optimiser.certificate.check import verified_bound
from planner.optimiser.certificate.dual_bound import Prices
from planner.optimiser.files.result_reader import read_claim
from planner.optimiser.files.result_writer import result_text, write_result
from planner.optimiser.files.storage import FileError
from planner.optimiser.model.fees import Fees
from planner.optimiser.model.plan import Plan
from planner.optimiser.model.result import Result, Status, Termination, Tier


@pytest.fixture
def cohort(instance_path):
    """Four people; the training runs with three of them or not at all."""
    return read_instance(instance_path("cohort-or-not.json"))


@pytest.fixture
def result(cohort):
    """The best plan, with fees of the two who would train anyway."""
    return result_of(cohort, [0.0, -2.0], tiers=1)


def result_of(problem, price, *, tiers):
    """Return a result whose tiers all have the same prices and fees."""
    fees = Fees(
        option=np.array([0, 2]), resource=np.array([0, 0]), fee=np.array([2.0, 0.5])
    )
    plan = Plan.of(problem, np.array([0, 2, 4, 7]))
    made = []
    for tier in range(tiers):
        prices = Prices(
            price=np.array(price),
            supply_price=np.zeros(0),
            tier_price=np.zeros(tier),
            fees=fees,
        )
        levels = plan.tiers[:tier]
        bound = verified_bound(problem, prices, tier=tier, levels=levels)
        made.append(
            Tier(
                value=plan.tiers[tier],
                bound=bound,
                price=prices.price,
                supply_price=prices.supply_price,
                tier_price=prices.tier_price,
                fees=fees,
            )
        )
    return Result(
        status=Status.FEASIBLE,
        termination=Termination.TIME,
        plan=plan,
        tiers=tuple(made),
    )


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("tiers", [1, 2])
def test_fees_round_trip(cohort, tmp_path, suffix, tiers):
    """What is written is read, tier by tier, and holds."""
    values = np.stack([cohort.value()] * tiers, axis=1)
    problem = cohort.replace(option_value=values if tiers > 1 else cohort.value())
    result = result_of(problem, [0.0, -2.0], tiers=tiers)
    path = tmp_path / f"result{suffix}"
    write_result(problem, result, path)
    claim = read_claim(problem, path)
    for stated, tier in zip(claim.tiers, result.tiers, strict=True):
        for name in ("option", "resource", "fee"):
            expected = getattr(tier.fees, name)
            np.testing.assert_array_equal(getattr(stated.fees, name), expected)
    assert check(problem, claim).violations == ()


def test_a_claim_below_what_the_fees_prove_is_rejected(cohort, result):
    low = replace(result.tiers[0], bound=result.bound - 1)
    says = check(cohort, replace(result, tiers=(low,))).violations
    assert says == (
        f"tier 1: bound {result.bound - 1} stated, the prices prove {result.bound}",
    )


def test_a_result_without_fees_is_valid(cohort, result, tmp_path):
    """Files of before there were fees have no such field."""
    document = json.loads(result_text(cohort, replace(result, tiers=free(result))))
    del document["fees"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(document))
    assert len(read_claim(cohort, path).tiers[0].fees) == 0


def free(result):
    return tuple(replace(tier, fees=Fees.none()) for tier in result.tiers)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (5, "fees[0]: not a JSON object"),
        ({"agent": "ani", "option": "training"}, "fees[0].fee: missing"),
        (
            {"agent": "ani", "option": "training", "resource": "training", "fee": "2"},
            "fees[0].fee: '2' is not a number",
        ),
    ],
)
def test_a_damaged_list_of_fees_is_refused(cohort, result, tmp_path, entry, says):
    document = json.loads(result_text(cohort, result)) | {"fees": [entry]}
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(document))
    with pytest.raises(FileError) as error:
        read_claim(cohort, path)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fee_option": np.array([0])}, "fees: (1,) options, (2,) resources"),
        ({"fee_option": np.array([0, 99])}, "fee_option[1]: 99 is not from 0 to"),
        ({"fee": np.array([1.0, np.inf])}, "fee[1]: inf is not a finite number"),
        ({"fee_resource": np.array([0, 1])}, "fee[1]: 0.5 is for no cohort"),
    ],
)
def test_damaged_fee_arrays_are_one_violation(cohort, result, tmp_path, changes, says):
    path = tmp_path / "result.npz"
    write_result(cohort, result, path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    np.savez(path, **arrays)
    found = check(cohort, read_claim(cohort, path)).violations
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fee_option": np.array([0.5, 2.0])}, "fee_option: float64[2], not int64[k]"),
        ({"fee": np.array(["2", "3"])}, "fee: <U1, not float64"),
        ({"fee_resource": None}, "fee_resource: the array is missing"),
    ],
)
def test_fee_arrays_of_another_kind_are_refused(
    cohort, result, tmp_path, changes, says
):
    path = tmp_path / "result.npz"
    write_result(cohort, result, path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    np.savez(path, **{n: array for n, array in arrays.items() if array is not None})
    with pytest.raises(FileError) as error:
        read_claim(cohort, path)
    assert says in str(error.value)


def test_fees_of_nobody_are_told_by_name(cohort, result, tmp_path):
    document = json.loads(result_text(cohort, result))
    document["fees"].append(
        {"agent": "eka", "option": "training", "resource": "training", "fee": 1}
    )
    path = tmp_path / "result.json"
    path.write_text(json.dumps(document))
    says = check(cohort, read_claim(cohort, path)).violations
    assert says == ("fees: agent 'eka' has no option 'training'",)


def test_explanations_say_what_entry_costs_and_what_a_cohort_is_worth(cohort, result):
    """Ani pays 2 to enter; the training collects 2.5 and pays for no seat."""
    ani = explain(cohort, result, agent="ani")
    charge = next(o for o in ani.options if o.name == "training").charges[0]
    assert (charge.fee, charge.cost) == (2.0, 2.0)
    opening = {story.name: story.opening for story in limits_in_force(cohort, result)}
    assert opening == {"training": 2.5, "course": None}


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_tree_is_written_read_and_checked(knapsack, tmp_path, suffix):
    """Three cannot share five: a derived row proves it in one leaf."""
    problem, result = knapsack, knapsack_result(knapsack)
    path = tmp_path / f"result{suffix}"
    write_result(problem, result, path)
    claim = read_claim(problem, path)
    assert check(problem, claim).violations == ()
    assert check(problem, claim).bound == 20
    broken = replace(claim.tiers[0], tree={"bound": 20, "nodes": [{}]})
    says = check(problem, replace(claim, tiers=(broken,))).violations
    assert says[0].startswith("tier 1: proof: nodes[0].leaf: neither a question")
    assert any("nothing closes the gap" in line for line in says)


def knapsack_result(problem):
    """Return the tree for two of three people as a result of the problem."""
    row = {"bits": 1, "price": [[0, 1]]}
    tree = {"bound": 20, "rows": [row], "nodes": [{"leaf": {"row": [[0, 10]]}}]}
    tier = Tier(
        value=20,
        bound=20.0,
        price=np.array([5.0]),
        supply_price=np.zeros(0),
        tier_price=np.zeros(0),
        tree=tree,
    )
    return Result(
        status=Status.OPTIMAL,
        termination=Termination.PROVED,
        plan=Plan.of(problem, np.array([0, 1, -1])),
        tiers=(tier,),
    )
