"""The tree that is built proves what brute force says, and no mutant of it more."""

import copy
import json
import time
from itertools import combinations

import numpy as np
import pytest

from planner.optimiser import Problem
from planner.optimiser.certificate.node import Question
from planner.optimiser.certificate.proof_tree import TreeError, verify
from planner.optimiser.model.problem import UNLIMITED
from planner.optimiser.tree import branching, search as searching
from planner.optimiser.tree.glop import Glop
from planner.optimiser.tree.search import Search
from tests.planner.optimiser import brute, tiny

SEEDS = range(120)


def grown(problem, tier, levels, value, *, seconds=30.0):
    """Return the search after it has run, however far it came."""
    question = Question(problem, tier, levels)
    search = Search(question, Glop(), value, time.time() + seconds)
    search.closed = search.run()
    return search


def random_case(seed):
    """Return a problem, its best tiers or None, and the tier to prove."""
    rng = np.random.default_rng(seed)
    tiers = int(rng.integers(1, 3))
    problem = tiny.random_problem(rng, agents=5, tiers=tiers, opens=True)
    best = brute.optimum(problem)
    return problem, None if best is None else best[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tree_proves_the_best_plan_and_nothing_below(seed):
    """Also as a file: what JSON gives back is the same tree."""
    problem, best = random_case(seed)
    if best is None:
        search = grown(problem, None, (), None)
        assert search.closed
        assert verify(problem, search.tree()).bound is None
        return
    tier = problem.num_tiers - 1
    search = grown(problem, tier, best[:tier], best[tier])
    assert search.closed
    tree = json.loads(json.dumps(search.tree()))
    assert verify(problem, tree, tier=tier, levels=best[:tier]).bound == best[tier]
    assert not holds(problem, tree | {"bound": best[tier] - 1}, tier, best)
    assert not holds(problem, tree | {"bound": None}, tier, best)


@pytest.mark.parametrize("seed", range(200, 230))
def test_the_search_finds_the_plan_it_proves(seed):
    """Without any plan to start from the tree is a solver like any other."""
    problem, best = random_case(seed)
    if best is None or problem.num_tiers > 1:
        return
    search = grown(problem, 0, (), -(10**6))
    assert (search.closed, search.value) == (True, best[0])
    assert brute.value_of(problem, search.choice) == best


@pytest.mark.parametrize("seed", range(300, 320))
def test_no_mutant_proves_a_value_that_brute_force_refutes(seed):
    """Prices moved, questions changed, leaves cut off: the lie of one less never holds,
    and a tree with a side or a leaf missing holds nothing at all."""
    problem, best = random_case(seed)
    if best is None:
        return
    tier = problem.num_tiers - 1
    search = grown(problem, tier, best[:tier], best[tier])
    tree, rng = search.tree(), np.random.default_rng(seed)
    for _ in range(40):
        lie = mutant(copy.deepcopy(tree), rng, problem) | {"bound": best[tier] - 1}
        assert not holds(problem, lie, tier, best)
    for at, node in enumerate(tree["nodes"]):
        for name in node:
            cut = copy.deepcopy(tree)
            del cut["nodes"][at][name]
            if name != "fix":
                assert not holds(problem, cut, tier, best)
        if at:
            less = copy.deepcopy(tree)
            del less["nodes"][at]
            assert not holds(problem, less, tier, best)


def mutant(tree, rng, problem):
    """Move a price, change a question, or cut off a leaf."""
    node = tree["nodes"][int(rng.integers(len(tree["nodes"])))]
    if "ask" in node:
        kind, index, what = node["ask"]
        step = int(rng.integers(-2, 3))
        if kind == "count" and rng.random() < 0.3:
            index = [index[0], max(1, index[1] + step)]
        node["ask"] = [kind, index, what if kind == "agent" else max(0, what + step)]
        if rng.random() < 0.3:
            node["sides"] = node["sides"][::-1]
        return tree
    name = "ray" if "ray" in node else "leaf"
    prices = node[name]
    for field in ("price", "supply", "tier", "fee", "count"):
        for entry in prices.get(field, []):
            if rng.random() < 0.4:
                entry[-1] += int(rng.integers(-9, 10)) << int(rng.integers(0, 6))
    if rng.random() < 0.2:
        node["leaf" if name == "ray" else "ray"] = node.pop(name)
    return tree


def holds(problem, tree, tier, best):
    try:
        verify(problem, tree, tier=tier, levels=best[:tier])
    except TreeError:
        return False
    return True


def knapsack(seed):
    """Twelve people on three machines with unequal loads: what rounding is for."""
    rng = np.random.default_rng(seed)
    load = rng.integers(5, 25, (12, 3))
    none = np.full(3, -1)
    return Problem(
        agent_must=[True] * 12,
        option_agent=np.repeat(np.arange(12), 3),
        option_value=-rng.integers(15, 25, 36),
        use_ptr=np.arange(37),
        use_resource=np.tile(np.arange(3), 12),
        use_amount=load.ravel(),
        resource_upper=(load.sum(axis=0) * 0.8 / 3).astype(int) + 10,
        resource_lower=[0, 0, 0],
        resource_only_if_used=[False] * 3,
        resource_shortfall_price=none,
        resource_excess_price=none,
        supply_upper=[],
        supply_ptr=[0] * 4,
        supply_index=[],
    )


def test_derived_rows_are_stated_and_make_the_tree_smaller(monkeypatch):
    """The rows stand in the tree by their weights; the check derives them again."""
    problem = knapsack(3)
    found = grown(problem, 0, (), -(10**6))
    with_rows = grown(problem, 0, (), found.value)
    assert with_rows.tree()["rows"]
    assert verify(problem, with_rows.tree()).bound == found.value
    monkeypatch.setattr(searching, "ROUNDS", 0)
    without = grown(problem, 0, (), found.value)
    assert with_rows.leaves < without.leaves
    heavier = copy.deepcopy(with_rows.tree()) | {"bound": found.value - 1}
    for row in heavier["rows"]:
        row["price"][0][1] *= 3
    assert not holds(problem, heavier, 0, (found.value,))


def test_a_tree_that_begins_anew_forgets_nothing_that_it_has_proven(monkeypatch):
    """The time may be up as soon as a better plan has come in."""
    problem = knapsack(3)
    best = grown(problem, 0, (), -(10**6)).value
    question = Question(problem)
    search = Search(question, Glop(), best - 1, time.time() + 30, most_nodes=12)
    monkeypatch.setattr(searching, "ROUNDS", 0)
    assert not search.run()
    proven = search.tree()["bound"]
    search.value = best
    search.plant()
    tree = search.tree()
    assert best < tree["bound"] <= proven
    assert verify(problem, tree).bound == tree["bound"]


def exclusive(options, agents, worth):
    """Return a problem whose options exclude each other, pair by pair."""
    pairs = list(combinations(range(options), 2))
    uses = [[r for r, pair in enumerate(pairs) if o in pair] for o in range(options)]
    none = np.full(len(pairs), -1)
    return Problem(
        agent_must=[False] * agents,
        option_agent=np.arange(options) * agents // options,
        option_value=worth,
        use_ptr=np.cumsum([0, *map(len, uses)]),
        use_resource=np.concatenate(uses),
        use_amount=np.ones(sum(map(len, uses)), dtype=int),
        resource_upper=np.ones(len(pairs), dtype=int),
        resource_lower=np.zeros(len(pairs), dtype=int),
        resource_only_if_used=[False] * len(pairs),
        resource_shortfall_price=none,
        resource_excess_price=none,
        supply_upper=[],
        supply_ptr=[0] * (len(pairs) + 1),
        supply_index=[],
    )


@pytest.mark.parametrize("agents", [7, 5])
def test_pairs_that_exclude_each_other_are_proved_as_one_clique(agents):
    """Half of each of seven options is feasible for the program of the pairs; rows
    derived from them say that one of all seven is the most."""
    problem = exclusive(7, agents, [10, 10, 10, 10, 10, 10, 11])
    search = grown(problem, 0, (), 11)
    assert (search.closed, search.leaves) == (True, 1)
    tree = search.tree()
    assert tree["rows"]
    assert verify(problem, tree).bound == 11
    assert not holds(problem, tree | {"bound": 10}, 0, (11,))


def shared(having, others, seats, share):
    """Return people with a seat each worth 100, and a share that costs 1 a unit: who
    has what is asked for counts 10 in it, who stays counts 3."""
    people = having + others
    uses = []
    for person in range(people):
        uses += [[(1, 3)], [(0, 1), (1, 10)] if person < having else [(0, 1)]]
    return Problem(
        agent_must=[True] * people,
        option_agent=np.repeat(np.arange(people), 2),
        option_value=[0, 100] * people,
        use_ptr=np.cumsum([0, *map(len, uses)]),
        use_resource=[r for own in uses for r, _ in own],
        use_amount=[amount for own in uses for _, amount in own],
        resource_upper=[seats, share],
        resource_lower=[0, share],
        resource_only_if_used=[False, False],
        resource_shortfall_price=[-1, 1],
        resource_excess_price=[-1, 1],
        supply_upper=[],
        supply_ptr=[0, 0, 0],
        supply_index=[],
    )


@pytest.mark.parametrize(
    ("people", "seats", "share", "value"),
    [((5, 5), 6, 36, 596), ((6, 6), 7, 44, 699), ((4, 4), 5, 33, 496)],
)
def test_a_share_that_parts_of_people_meet_is_asked_in_heads(
    monkeypatch, people, seats, share, value
):
    """Of ten people six go: 4 x 3 = 12, and 24 more are 2.4 of ten, or 4 units less or
    6 more. One question about how many says so; about single people it takes many."""
    problem = shared(*people, seats, share)
    assert brute.optimum(problem)[0] == (value,)
    search = grown(problem, 0, (), value)
    tree = search.tree()
    assert (search.closed, search.leaves) == (True, 2)
    assert tree["nodes"][0]["ask"][0] == "count"
    assert verify(problem, tree).bound == value
    assert not holds(problem, tree | {"bound": value - 1}, 0, (value,))
    rng = np.random.default_rng(share)
    for _ in range(60):
        lie = mutant(copy.deepcopy(tree), rng, problem) | {"bound": value - 1}
        assert not holds(problem, lie, 0, (value,))
    monkeypatch.setattr(branching, "_counts", lambda question, x: [])
    without = grown(problem, 0, (), value)
    assert without.closed
    assert without.leaves >= 5


def by_steps(**given):
    """Return one agent with two options, and limits with soft prices in steps of 3."""
    limits = {
        "agent_must": np.array([True]),
        "option_agent": np.zeros(2, dtype=np.int32),
        "use_ptr": np.zeros(3, dtype=np.int64),
        "use_resource": np.zeros(0, dtype=np.int32),
        "use_amount": np.zeros(0, dtype=np.int64),
        "resource_upper": np.full(len(given["resource_lower"]), UNLIMITED),
        "resource_excess_price": np.full(len(given["resource_lower"]), -1),
        "supply_upper": np.zeros(0, dtype=np.int64),
        "supply_ptr": np.zeros(len(given["resource_lower"]) + 1, dtype=np.int64),
        "supply_index": np.zeros(0, dtype=np.int32),
    } | {name: np.array(array) for name, array in given.items()}
    limits["resource_step"] = np.full(len(limits["resource_lower"]), 3)
    return Problem(**limits)


STEPS = {
    "a minimum that nobody can use": by_steps(
        option_value=[[0, 12], [3, 1]],
        resource_lower=[1],
        resource_only_if_used=[False],
        resource_shortfall_price=[5],
    ),
    "the minimum of a cohort": by_steps(
        option_value=[[8, 14], [5, 1]],
        use_ptr=[0, 1, 1],
        use_resource=np.zeros(1, dtype=np.int32),
        use_amount=[1],
        resource_lower=[2],
        resource_only_if_used=[True],
        resource_shortfall_price=[6],
    ),
    "what only a cohort that nobody can join would use": by_steps(
        option_value=[[0, 1], [1, 0]],
        resource_lower=[0, 2],
        resource_only_if_used=[True, False],
        resource_shortfall_price=[-1, 8],
        opening_ptr=[0, 1, 1],
        opening_resource=np.array([1], dtype=np.int32),
        opening_amount=[3],
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_started_step_is_paid_from_the_root_on(name):
    """The program pays for a third of a step, a plan for the whole: in both tiers."""
    problem = STEPS[name]
    best, _ = brute.optimum(problem)
    for tier in range(problem.num_tiers):
        search = grown(problem, tier, best[:tier], best[tier])
        assert search.closed
        proven = verify(problem, search.tree(), tier=tier, levels=best[:tier])
        assert proven.bound == best[tier]
