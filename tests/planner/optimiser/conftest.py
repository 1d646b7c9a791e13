"""Fixtures of the optimiser's tests."""

import json
from pathlib import Path

import pytest
from hypothesis import settings

from planner.optimiser import read_instance

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

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
