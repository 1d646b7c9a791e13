"""Fixtures of the optimiser's tests."""

import json
from pathlib import Path

import pytest

from planner.optimiser import read_instance
from planner.optimiser.model.problem import Problem

INSTANCES = Path(__file__).parents[3] / "fixtures" / "instances"


@pytest.fixture(scope="session")
def instance_path():
    """Return the path of a hand-solvable instance."""
    return INSTANCES.joinpath


@pytest.fixture
def document(instance_path):
    """The JSON document of two people and one seat."""
    return json.loads(instance_path("two-people-one-seat.json").read_text())


@pytest.fixture
def problem(instance_path):
    """Two people and one seat."""
    return read_instance(instance_path("two-people-one-seat.json"))


@pytest.fixture
def knapsack():
    """Three people at 2, 2 and 2 in a budget of 5: two fit, prices alone say 2.5."""
    return Problem(
        agent_must=[False] * 3,
        option_agent=[0, 1, 2],
        option_value=[10, 10, 10],
        use_ptr=[0, 1, 2, 3],
        use_resource=[0, 0, 0],
        use_amount=[2, 2, 2],
        resource_upper=[5],
        resource_lower=[0],
        resource_only_if_used=[False],
        resource_shortfall_price=[-1],
        resource_excess_price=[-1],
        supply_upper=[],
        supply_ptr=[0, 0],
        supply_index=[],
    )
