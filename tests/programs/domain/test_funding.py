"""Shares that may hold for one person are all of it at most, and the form says so."""

from decimal import Decimal

import pytest

from programs.domain import funding
from tests import factories


@pytest.mark.parametrize(
    ("rules", "share"),
    [
        ([], 0),
        ([("", 60), ("", 40)], 100),
        ([("sex = F", 100), ("sex = M", 100)], 100),
        ([("sex = F", 100), ("kkni >= 5", 50)], 150),
        ([("", 40), ("sex = F", 60), ("sex = M", 60)], 100),
        ([("sex = F", 30), ("sex = F", 80)], 110),
        ([('on_list("3t")', 100), ('not on_list("3t")', 100)], 100),
        ([("age < 20", 50), ("age >= 20 and age < 30", 50), ("age >= 30", 50)], 50),
    ],
)
def test_conditions_count_together_unless_they_exclude_each_other(rules, share):
    assert funding.most(rules) == share


@pytest.mark.django_db
def test_a_rule_that_could_pay_too_much_for_somebody_is_refused():
    known = factories.funding_rule.make(percent=100, condition="sex = F")
    same = {
        "program": known.program,
        "category": known.category,
        "percent": Decimal(50),
    }
    new = factories.funding_rule.prepare(**same, condition="kkni>=5")
    (refusal,) = funding.of_rule(new)
    assert (refusal.code, refusal.field) == ("over-all", "percent")
    assert "150" in str(refusal)
    new.condition = "sex=M and kkni>=5"
    assert list(funding.of_rule(new)) == []
    assert new.condition == "sex = M and kkni >= 5"
    new.condition = "kknni >= 5"
    assert [each.code for each in funding.of_rule(new)] == ["condition-unreadable"]
