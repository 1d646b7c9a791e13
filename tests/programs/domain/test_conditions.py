"""A place may wait until a day; a rule for some waits for nobody."""

import pytest

from programs.domain import conditions
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
TEXT = "kkni>=5 and sex=F by 2027-03-01"


def codes(row):
    return [refusal.code for refusal in conditions.of_row(row)]


def test_programs_and_slots_may_wait_until_a_day():
    slot = factories.slot.make()
    for row in (slot, slot.intake.program):
        row.condition = TEXT
        assert codes(row) == []
        assert row.condition == "kkni >= 5 and sex = F by 2027-03-01"
    assert conditions.check(TEXT)


def test_a_rule_for_some_waits_for_nobody():
    for make in (factories.quota, factories.cost_rule, factories.funding_rule):
        row = make.prepare()
        row.condition = TEXT
        assert codes(row) == ["condition-waits"], make
    with pytest.raises(Refusal, match="sex = F by 2027-03-01"):
        conditions.check(TEXT, of_place=False)
