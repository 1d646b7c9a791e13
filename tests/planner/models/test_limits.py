"""A limit has one name: kind, code and part, the same as text and as columns."""

import pytest

from planner.models import LimitKey, LimitKind
from planner.models.limits import PARTS

NAMES = {
    "seats:MY-01": (LimitKind.SEATS, "MY-01", ""),
    "seats:MY:01": (LimitKind.SEATS, "MY:01", ""),
    "budget:apbn:2027:travel": (LimitKind.BUDGET, "apbn:2027:travel", ""),
    "pool:2027:3": (LimitKind.POOL, "2027", "3"),
    "quota:women": (LimitKind.QUOTA, "women", ""),
    "value:schools:2": (LimitKind.VALUE, "schools", "2"),
    "group_pin:women": (LimitKind.GROUP_PIN, "women", ""),
    "resource:dorm:0": (LimitKind.RESOURCE, "dorm", "0"),
    "agreement:JP-24:2027:people": (LimitKind.AGREEMENT, "JP-24", "2027:people"),
    "route:visa:2027": (LimitKind.ROUTE, "visa", "2027"),
    "overlap:4:0": (LimitKind.OVERLAP, "4", "0"),
    "rank:3": (LimitKind.RANK, "3", ""),
    "changes:decided": (LimitKind.CHANGES, "decided", ""),
}


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_read_as_it_is_written(text):
    key = LimitKey.parse(text)
    assert key == NAMES[text]
    assert str(key) == text


def test_every_kind_knows_its_parts():
    assert set(PARTS) == set(LimitKind) == {kind for kind, *_rest in NAMES.values()}


@pytest.mark.parametrize(
    "text", ["", "seats", "seats:", "route:visa", "agreement:JP-24:2027", "luck:1"]
)
def test_what_names_no_limit_is_refused(text):
    with pytest.raises(ValueError):
        LimitKey.parse(text)
