"""The simplex method gives the same answer wherever it starts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from planner.optimiser import Limits
from planner.optimiser.model.run_budget import Watch
from planner.optimiser.relaxation.simplex import BASIC, LinearProgram, solve


def knapsack(value, weight, room):
    """Take parts of things up to a weight; every thing has a name of its own."""
    things = np.arange(len(value))
    return LinearProgram(
        objective=np.array(value, dtype=float),
        most=np.ones(len(value)),
        lower=np.array([-np.inf]),
        upper=np.array([float(room)]),
        row=np.zeros(len(value), dtype=np.int64),
        column=things,
        term=np.array(weight, dtype=float),
        row_name=np.array([7]),
        column_name=100 - things,
    )


def test_the_best_for_its_weight_is_taken_and_the_last_in_part():
    """Of 10 and 6 for a weight of 2 each: the first, half of the second for 1 left."""
    found = solve(knapsack([6, 10], [2, 2], 3), Watch(Limits()), 20.0)

    assert (found.value, found.x.tolist(), found.dual.tolist()) == (13, [0.5, 1], [3])


sizes = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 9)), min_size=2)


@given(sizes, st.integers(1, 30), st.integers(1, 30), st.data())
@settings(max_examples=60, deadline=None)
def test_a_program_has_one_value_wherever_its_start(things, room, other, data):
    """From the basis of a program with some of its things, and another room."""
    value, weight = np.array(things).T
    watch, kept = Watch(Limits()), data.draw(st.integers(1, len(things)))
    program = knapsack(value, weight, room)
    before = knapsack(value[:kept], weight[:kept], other)
    start = solve(before, watch, 20.0).basis

    assert solve(program, watch, 20.0, start).value == pytest.approx(
        solve(program, watch, 20.0).value
    )


@pytest.mark.parametrize("extra", [0, 1, 3])
def test_a_start_has_as_many_basic_numbers_as_rows(extra):
    """Rows that are new are not tight, and whatever is missing or too much is made
    up for."""
    program = knapsack([6, 10], [2, 2], 3)
    start = solve(program, Watch(Limits()), 20.0).basis
    rows = 1 + extra
    larger = replace(
        program,
        lower=np.full(rows, -np.inf),
        upper=np.ones(rows),
        row_name=np.arange(rows) + 6,
    )

    column, row = start.of(larger)

    assert (column == BASIC).sum() + (row == BASIC).sum() == rows
