"""What a quota looks at, and what it is met with: whole people, exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from programs.choices import QuotaAttribute, QuotaKind, QuotaMeasure
from programs.models import Quota
from tests import factories


def share(kind, value):
    """Return a quota of so many per cent."""
    return Quota(kind=kind, measure=QuotaMeasure.PERCENT, value=Decimal(value))


@pytest.mark.parametrize(
    ("kind", "value", "people", "bounds"),
    [
        ("floor", "10", 338, (34, None)),
        ("floor", "10", 340, (34, None)),
        ("cap", "14", 337, (None, 47)),
        ("target", "10", 338, (33, 34)),
        ("target", "10", 340, (34, 34)),
        ("floor", "33.33", 3, (1, None)),
        ("floor", "10", 0, (0, None)),
    ],
)
def test_a_share_of_people_is_rounded_to_where_it_is_met(kind, value, people, bounds):
    assert share(kind, value).bounds(people) == bounds


def test_a_number_of_people_is_what_it_says():
    quota = Quota(kind="target", measure=QuotaMeasure.ABSOLUTE, value=Decimal("12.00"))
    assert quota.bounds(5) == (12, 12)


@given(
    value=st.decimals(0, 100, places=2),
    people=st.integers(0, 500_000),
    kind=st.sampled_from(["floor", "cap"]),
)
def test_one_person_fewer_or_more_would_miss_it(value, people, kind):
    """By the share itself, as a fraction: the bound meets it, the next one does not."""
    lower, upper = share(kind, value).bounds(people)
    wanted = Fraction(value) * people / 100
    if kind == QuotaKind.FLOOR:
        assert lower - 1 < wanted <= lower
    else:
        assert upper <= wanted < upper + 1


def test_each_attribute_but_disability_names_a_column():
    columns = {field.name for field in Quota._meta.fields}
    assert set(QuotaAttribute) - columns == {QuotaAttribute.DISABILITY}


@pytest.mark.django_db
def test_a_quota_says_what_it_looks_at():
    province = factories.region.make(name="Papua Tengah")
    kinds = {
        QuotaAttribute.SEX: ({"sex": "F"}, "female"),
        QuotaAttribute.PROVINCE: ({"province": province}, "Papua Tengah"),
        QuotaAttribute.DISABILITY: ({}, "None"),
    }
    for attribute, (facts, words) in kinds.items():
        quota = Quota(attribute=attribute, **facts)
        assert str(quota.subject) == words
