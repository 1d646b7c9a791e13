"""Fixtures of the optimiser's tests."""

from pathlib import Path

import pytest

INSTANCES = Path(__file__).parents[3] / "fixtures" / "instances"


@pytest.fixture(scope="session")
def instance_path():
    """Return the path of a hand-solvable instance."""
    return INSTANCES.joinpath
