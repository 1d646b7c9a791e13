"""Names of limits of the first version become kind, code and part, and back."""

from importlib import import_module

import pytest

from planner.models import LimitKey, LimitKind

migration = import_module("planner.migrations.0012_limit_code")


@pytest.mark.parametrize(
    "key",
    [
        LimitKey(LimitKind.SEATS, "MY-01"),
        LimitKey(LimitKind.BUDGET, "apbn:2027:travel"),
        LimitKey(LimitKind.QUOTA, "women"),
        LimitKey(LimitKind.RESOURCE, "dorm", "0"),
        LimitKey(LimitKind.AGREEMENT, "JP-24", "2027:months"),
        LimitKey(LimitKind.ROUTE, "visa", "2027"),
    ],
    ids=str,
)
def test_a_stored_name_is_split_as_it_is_read_today(key):
    assert migration.split(str(key)) == (key.code, key.part)
