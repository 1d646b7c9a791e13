"""The same small worlds as the tests of allocation."""

from tests.planner.allocation.conftest import world

__all__ = ["world"]
