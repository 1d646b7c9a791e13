"""The door to methods of their own opens for problems of that structure alone."""

import pytest

from planner.optimiser.assignment.prove import prove_assignment
from planner.optimiser.search.structure import proof_of_structure
from tests.architecture.commands import python, said
from tests.benchmarks.families import FAMILIES, gap_d


def test_problems_of_nothing_but_bins_have_a_proof_of_their_own():
    assert proof_of_structure(gap_d(100, 5)).func is prove_assignment


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_people_and_places_go_the_general_way(family):
    """Enough options for the room, if they were of its kind."""
    assert proof_of_structure(FAMILIES[family](500, 1)) is None


def test_small_problems_go_the_general_way():
    assert proof_of_structure(gap_d(20, 5)) is None


def test_a_run_of_people_and_places_never_loads_the_room_of_bins():
    done = python(
        """
import sys
from planner.optimiser import Limits, solve
from tests.benchmarks.families import FAMILIES
solve(FAMILIES["cohorts"](30, 1), limits=Limits(seconds=5))
print(*[name for name in sys.modules if "optimiser.assignment" in name])
"""
    )
    assert done.returncode == 0, said(done)
    assert done.stdout.split() == []
