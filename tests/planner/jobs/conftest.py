"""The same small worlds as the tests of allocation."""

from tests.planner.allocation.conftest import inline, plan, world  # noqa: F401
