"""Farms for the fault tests; each ends what it started."""

import pytest

from .farm import Farm


@pytest.fixture
def farm(tmp_path):
    """Return a farm on SQLite and the embedded queue, with a small world in it."""
    made = Farm(tmp_path)
    made.act("world")
    yield made
    made.close()
