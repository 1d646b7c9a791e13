"""A budget line has one name, which people, files and scenarios write."""

import pytest

from programs.models import LineKey
from tests import factories


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("apbn:2027", LineKey("apbn", 2027)),
        ("apbn:2027:travel", LineKey("apbn", 2027, "travel")),
    ],
)
def test_a_name_is_read_as_it_is_written(text, key):
    assert LineKey.parse(text) == key
    assert str(key) == text


@pytest.mark.parametrize(
    "text", ["", "apbn", ":2027", "apbn:soon", "apbn:2027:", "apbn:2027:a:b"]
)
def test_what_names_no_line_is_refused(text):
    with pytest.raises(ValueError):
        LineKey.parse(text)


@pytest.mark.django_db
def test_a_line_knows_its_name():
    line = factories.budget_line.make(source__code="apbn", fiscal_year=2027)
    assert str(line.key) == "apbn:2027"
