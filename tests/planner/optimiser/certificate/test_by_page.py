"""The check reads trees as the page says: a reader that knows only the page agrees."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from planner.optimiser.model.problem import UNLIMITED
from tests.planner.optimiser import strategies
from tests.planner.optimiser.certificate import by_page, test_proof_tree
from tests.planner.optimiser.certificate.test_proof_tree import calm
from tests.planner.optimiser.tree.test_search import grown, random_case


@given(st.data())
@settings(calm, max_examples=60)
def test_both_readers_agree_on_any_tree(data):
    """Whatever is asked and priced, in whatever order uses are named."""
    problem = data.draw(strategies.problems(max_agents=3, max_tiers=2))
    if data.draw(st.booleans()):
        problem = strategies.turned(problem)
    tier = problem.num_tiers - 1
    levels = [data.draw(st.integers(-5, 20)) for _ in range(tier)]
    tree = data.draw(test_proof_tree.trees(problem, tier))
    for tree["bound"] in (*range(-30, 90, 6), *([] if tier else [None])):
        both_agree(problem, tree, tier, levels)


def both_agree(problem, tree, tier, levels):
    """Return what both say."""
    said = test_proof_tree.holds(problem, tree, tier, levels)
    assert said == by_page.holds(problem, tree, tier, levels)
    return said


SPOILT = (0, 1, -1, 7, -16, 2**40, UNLIMITED, 2**300, None, True, 0.5, "x", [], {})


@pytest.mark.parametrize("seed", range(0, 120, 3))
def test_both_readers_agree_on_trees_that_were_grown_and_on_their_mutants(seed):
    problem, best = random_case(seed)
    for tier in range(problem.num_tiers if best else 1):
        levels = list(best[:tier]) if best else []
        value = None if best is None else best[tier]
        tree = grown(problem, tier, levels, value).tree()
        if tree is None:
            continue
        assert both_agree(problem, tree, tier, levels)
        rng = np.random.default_rng(seed)
        for _ in range(60):
            both_agree(problem, mutant(rng, tree), tier, levels)


def mutant(rng, tree):
    """A tree with one number, list or field changed, left out or twice there."""
    tree = copy.deepcopy(tree)
    places = list(inside(tree))
    holder, key = places[rng.integers(len(places))]
    drawn = rng.integers(4)
    if drawn == 0:
        del holder[key]
    elif drawn == 1 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif drawn == 2 and isinstance(holder[key], int):
        holder[key] += int(rng.choice([-1, 1]))
    else:
        holder[key] = SPOILT[rng.integers(len(SPOILT))]
    return tree


def inside(record):
    """Every (holder, key) of a JSON record."""
    keys = record if isinstance(record, dict) else range(len(record))
    for key in list(keys):
        yield record, key
        if isinstance(record[key], dict | list):
            yield from inside(record[key])
