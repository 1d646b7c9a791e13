"""A proof tree proves what brute force says, and no mutant of one proves more."""

import copy
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from planner.optimiser.certificate.proof_tree import TreeError, verify
from tests.planner.optimiser import brute, strategies

calm = settings(suppress_health_check=list(HealthCheck), deadline=None)


@st.composite
def trees(draw, problem, tier, *, most=4):
    """A tree of any questions and prices, true or not: only its shape is right."""
    nodes, waiting = [{}], [(0, 0)]
    while waiting:
        at, depth = waiting.pop(0)
        if draw(st.integers(0, 3)) == 0:
            nodes[at]["fix"] = [draw(vectors(problem, tier))]
        if depth < most and draw(st.booleans()):
            first = len(nodes)
            nodes[at] |= {"ask": draw(questions(problem)), "sides": [first, first + 1]}
            nodes += [{}, {}]
            waiting += [(first, depth + 1), (first + 1, depth + 1)]
        else:
            kind = draw(st.sampled_from(["leaf", "leaf", "ray"]))
            nodes[at][kind] = draw(vectors(problem, tier))
    rows = [draw(weights(problem)) for _ in range(draw(st.integers(0, 2)))]
    return {"bound": 0, "rows": rows, "nodes": nodes}


@st.composite
def questions(draw, problem):
    kind = draw(st.sampled_from(["use", "count", "agent"]))
    if kind != "agent" or not problem.num_options:
        r = draw(st.integers(0, problem.num_resources - 1))
        if kind == "count":
            return ["count", [r, draw(st.integers(1, 4))], draw(st.integers(0, 3))]
        return ["use", r, draw(st.integers(0, 6))]
    option = draw(st.integers(0, problem.num_options - 1))
    return ["agent", int(problem.option_agent[option]), [option]]


@st.composite
def vectors(draw, problem, tier):
    """A price vector on a grid of quarters."""
    record = {
        "bits": 2,
        "price": draw(numbers(problem.num_resources, -24, 40)),
        "supply": draw(numbers(problem.num_supplies, 0, 24)),
        "tier": draw(numbers(tier, -8, 0)),
    }
    pairs = strategies.entries(problem)
    some = draw(st.sets(st.sampled_from(pairs))) if pairs else []
    record["fee"] = [[o, r, draw(st.integers(0, 24))] for o, r in sorted(some)]
    resources = st.integers(0, problem.num_resources - 1)
    counted = draw(st.sets(st.tuples(resources, st.integers(1, 4)), max_size=3))
    record["count"] = [[*c, draw(st.integers(-24, 24))] for c in sorted(counted)]
    return record


def numbers(count, least, most):
    numbers = st.lists(st.integers(least, most), min_size=count, max_size=count)
    return numbers.map(lambda own: [[at, n] for at, n in enumerate(own)])


@st.composite
def weights(draw, problem):
    """Weights of known rows to round down, for a derived row."""
    hard = problem.resource_excess_price < 0
    own = hard & (problem.resource_upper < 2**62) & ~problem.resource_supplied
    price = [[r, draw(st.integers(0, 7))] for r in np.flatnonzero(own).tolist()]
    agent = draw(numbers(problem.num_agents, 0, 4))
    return {"bits": 2, "price": price, "agent": agent}


@given(st.data())
@calm
def test_no_tree_proves_less_than_the_best_plan_reaches(data):
    """Whatever is asked and priced: the least bound that holds is not below truth."""
    problem = data.draw(strategies.problems(max_agents=4, max_tiers=2))
    plans = list(brute.plans(problem))
    tier = problem.num_tiers - 1
    levels = list(data.draw(st.sampled_from(plans))[0][:tier]) if plans else [0] * tier
    reaching = [
        v[tier]
        for v, _ in plans
        if all(a >= b for a, b in zip(v[:tier], levels, strict=True))
    ]
    tree = data.draw(trees(problem, tier))
    best = max(reaching, default=None)
    for bound in range(-30, 90):
        tree["bound"] = bound
        if holds(problem, tree, tier, levels):
            assert best is None or bound >= best
            break
    if tier == 0:
        tree["bound"] = None
        if holds(problem, tree, 0, ()):
            assert best is None


def holds(problem, tree, tier=0, levels=()):
    try:
        verify(problem, tree, tier=tier, levels=levels)
    except TreeError:
        return False
    return True


@given(st.data())
@calm
def test_the_order_in_which_an_option_names_its_uses_means_nothing(data):
    """What is read the other way round keeps, proves and is worth the same."""
    problem = data.draw(strategies.problems(max_agents=4))
    other = strategies.turned(problem)
    own = [sorted(zip(*pairs, strict=True)) for pairs in uses_of(problem)]
    assert own == [sorted(zip(*pairs, strict=True)) for pairs in uses_of(other)]
    tree = data.draw(trees(problem, 0))
    for tree["bound"] in (*range(-30, 90, 5), None):
        assert holds(problem, tree) == holds(other, tree)


def uses_of(problem):
    """The resources that each option uses, and what it uses of each by itself."""
    for start, stop in itertools.pairwise(problem.use_ptr.tolist()):
        own = problem.use_resource[start:stop], problem.own_use[start:stop]
        yield [numbers.tolist() for numbers in own]


def leaf(**prices):
    return {"leaf": prices}


@pytest.fixture
def tree():
    """At most 4 units: worth 20. At least 5: what is used is even, but prices do not
    know it, so each person is asked for."""
    return {
        "bound": 20,
        "nodes": [
            {"ask": ["use", 0, 4], "sides": [1, 2]},
            leaf(price=[[0, 5]]),
            {"ask": ["agent", 0, [0]], "sides": [3, 4]},
            {"ray": {"price": [[0, -1]]}},
            {"ask": ["agent", 1, [1]], "sides": [5, 6]},
            {"ray": {"price": [[0, -1]]}},
            leaf(price=[[0, 5]]),
        ],
    }


def test_a_tree_by_hand(knapsack, tree):
    """The last leaf: all three take 6 of 5."""
    tree["nodes"][6] = {"ask": ["agent", 2, [2]], "sides": [7, 8]}
    tree["nodes"] += [{"ray": {"price": [[0, -1]]}}, {"ray": {"price": [[0, 1]]}}]
    facts = verify(knapsack, tree)
    assert (facts.bound, facts.leaves) == (20, 5)
    for lower in (19, 10, -1):
        assert not holds(knapsack, tree | {"bound": lower})


def test_a_derived_row_proves_it_in_one_leaf(knapsack):
    """Half the budget's row, rounded down: one person each, two in all."""
    row = {"bits": 1, "price": [[0, 1]]}
    tree = {"bound": 20, "rows": [row], "nodes": [leaf(row=[[0, 10]])]}
    assert verify(knapsack, tree).leaves == 1
    assert not holds(knapsack, tree | {"bound": 19})


def test_a_count_has_a_price_and_two_sides(knapsack):
    """Two units each, five in all. At most two people: worth 20 at 10 a head. Three
    people: 6 units, refuted by a price of the budget and one of the count."""
    ray = {"bits": 1, "price": [[0, 1]], "count": [[0, 2, -2]]}
    nodes = [
        {"ask": ["count", [0, 2], 2], "sides": [1, 2]},
        leaf(count=[[0, 1, 0], [0, 2, 10]]),
        {"ray": ray},
    ]
    tree = {"bound": 20, "nodes": nodes}
    assert verify(knapsack, tree).leaves == 2
    assert not holds(knapsack, tree | {"bound": 19})
    for other in ({}, {"count": [[0, 3, -2]]}, {"count": [[0, 2, -1]]}):
        less = [*nodes[:2], {"ray": ray | {"count": []} | other}]
        assert not holds(knapsack, tree | {"nodes": less})


def test_more_than_there_are_cannot_be_asked_for(knapsack):
    """Nobody uses three units: that side is empty at any prices, the other is not."""
    asks = {"ask": ["count", [0, 3], 0], "sides": [1, 2]}
    row = {"bits": 1, "price": [[0, 1]]}
    whole = {"bound": 20, "rows": [row]}
    proof = leaf(row=[[0, 10]])
    assert holds(knapsack, whole | {"nodes": [asks, proof, {"ray": {}}]})
    assert not holds(knapsack, whole | {"nodes": [asks, {"ray": {}}, proof]})


def test_fees_of_a_node_close_a_cohort(instance_path, knapsack):
    """The course needs three, two people can come: no price is needed."""
    problem = knapsack.replace(
        option_agent=[0, 1, 1],
        resource_upper=[9],
        resource_lower=[5],
        resource_only_if_used=[True],
    )
    assert verify(problem, {"bound": 0, "nodes": [leaf()]}).leaves == 1


def test_a_tree_says_what_it_proves(knapsack, tree):
    """Without `bound` it would say that there is no plan, which is said by null."""
    del tree["bound"]
    with pytest.raises(TreeError, match="bound: missing"):
        verify(knapsack, tree)


@pytest.mark.parametrize(
    "prices",
    [{"bits": 200}, {"price": [[0, 2**90]]}, {"row": [[0, 2**90]]}],
)
def test_prices_of_any_size_are_read_where_nothing_has_them(knapsack, prices):
    """Nobody uses anything, nothing is worth anything: and still it is a proof."""
    problem = knapsack.replace(option_value=[0, 0, 0], use_amount=[0, 0, 0])
    tree = {"bound": 0, "rows": [{}], "nodes": [leaf(**prices)]}
    assert holds(problem, tree)


def proof(knapsack, tree):
    tree["nodes"][6] = {"ask": ["agent", 2, [2]], "sides": [7, 8]}
    tree["nodes"] += [{"ray": {"price": [[0, -1]]}}, {"ray": {"price": [[0, 1]]}}]
    assert holds(knapsack, tree)
    return tree


def test_a_tree_with_a_side_or_a_leaf_missing_is_rejected(knapsack, tree):
    """Whatever is cut off, the check misses it."""
    tree = proof(knapsack, tree)
    count = len(tree["nodes"])
    for at in range(count):
        cut = copy.deepcopy(tree)
        for name in ("leaf", "ray", "ask", "sides"):
            if name in cut["nodes"][at]:
                less = copy.deepcopy(cut)
                del less["nodes"][at][name]
                assert not holds(knapsack, less), (at, name)
        cut["nodes"] = cut["nodes"][:at]
        assert not holds(knapsack, cut)
        for side in (0, 1):
            if "sides" in tree["nodes"][at]:
                for other in range(count):
                    lost = copy.deepcopy(tree)
                    if lost["nodes"][at]["sides"][side] != other:
                        lost["nodes"][at]["sides"][side] = other
                        assert not holds(knapsack, lost)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nodes": []}, "nodes: there is no root"),
        ({"nodes": [5]}, r"nodes\[0\]: not a JSON object"),
        ({"nodes": [{}]}, "leaf: neither a question nor prices"),
        ({"nodes": [{"leaf": {"price": [[7, 1]]}}]}, "price: 7 is not from 0 to 0"),
        ({"nodes": [{"leaf": {"price": [[0, 1.5]]}}]}, "price: 1.5 is not an integer"),
        ({"nodes": [{"leaf": {"price": [[0, 1], [0, 1]]}}]}, "0 has two prices"),
        ({"nodes": [{"leaf": {"fee": [[0, 0, 1]]}}]}, "is for no cohort"),
        ({"nodes": [{"leaf": {"bits": 999}}]}, "bits: 999 is not from 0 to"),
        ({"nodes": [{"leaf": {"prices": []}}]}, "prices: no such field"),
        ({"nodes": [{"leaf": {"count": [[0, 2]]}}]}, "is no price of a count"),
        ({"nodes": [{"leaf": {"count": [[0, 0, 1]]}}]}, "amount 0 is not from 1 to"),
        ({"nodes": [{"leaf": {"count": [[0, 2, 1], [0, 2, 1]]}}]}, "has two prices"),
        ({"rows": [{"count": [[0, 2, 1]]}]}, "count: no such field"),
        ({"nodes": [{"ask": ["who", 0, 1], "sides": [1, 2]}]}, "sides: "),
        (
            {"nodes": [{"ask": ["count", 0, 1], "sides": [1, 2]}, {}, {}]},
            "ask: count: 0 is no pair of resource and amount",
        ),
        (
            {"nodes": [{"ask": ["count", [0, 2], -1], "sides": [1, 2]}, {}, {}]},
            "ask: number: -1 is not from 0 to",
        ),
        ({"bound": "20"}, "bound: '20' is not an integer"),
        ({"rows": [{"price": [[0, -1]]}]}, None),
        ({"format": "allocation-proof/9"}, "format: not allocation-proof/1"),
    ],
)
def test_a_damaged_tree_is_refused_in_one_sentence(knapsack, tree, change, says):
    tree = proof(knapsack, tree) | change
    if says is None:
        assert holds(knapsack, tree)
        return
    with pytest.raises(TreeError, match=says) as error:
        verify(knapsack, tree)
    assert "\n" not in str(error.value)
