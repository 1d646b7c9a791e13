"""The small world of files, for the pages on which they are brought."""

from tests.programs.transfer.conftest import (  # noqa: F401 - fixtures
    coordinator,
    planner,
    slot,
    world,
)
from tests.programs.transfer.mapping.conftest import school  # noqa: F401 - a fixture
