"""A quota finds its people by what it looks at, and nobody by anything else."""

from types import SimpleNamespace

import pytest

from planner.desk.groups.context import of_quota


def test_a_quota_of_another_attribute_finds_nobody_in_silence():
    with pytest.raises(AssertionError, match="luck"):
        of_quota(SimpleNamespace(attribute="luck"), None)
