"""Scenarios: what may be changed, refused with the place and the reason."""

import pytest
from django.core.exceptions import ValidationError

from planner.models import Scenario
from planner.models.overrides import validate_overrides, whole
from tests import factories
from tests.planner.allocation.worlds import NOW

SOUND = {
    "budgets": {"APBN:2027": "-10%", "LPDP:2027:airfare": 900_000_000},
    "capacities": {"MY-ATP-01": {"min": 2, "max": 12}},
    "resources": {"beds": 40, "licences": "+2"},
    "quotas": {
        "women": {"value": 15.5, "is_hard": True, "price": 3},
        "x": {"off": True},
    },
    "weights": {"merit_points": 300, "is_tiered": False},
    "rates": {"kind": "stress", "shock": "1.10"},
    "pins": {"pins": "off", "bans": "off", "KEM/P-1": "S", "KEM/P-2": "off"},
    "rules": {"age": "off"},
    "dates": {
        "decide_by": "2027-03-01",
        "S": {"starts_on": "2027-03-01", "ends_on": "2027-09-01"},
    },
}


def test_everything_that_may_change_may_change():
    validate_overrides(SOUND)
    validate_overrides({})


@pytest.mark.parametrize(
    ("overrides", "where"),
    [
        ([], "named changes"),
        ({"people": {}}, "people"),
        ({"budgets": []}, "budgets"),
        ({"pins": {"everybody": "off"}}, "pins, bans"),
        ({"pins": {"pins": "on"}}, "only “off”"),
        ({"rules": {"waived_fee": "off"}}, "rules: waived_fee"),
        ({"rules": {"age": True}}, "rules: age"),
        ({"dates": {"starts_on": "2027-03-01"}}, "starts_on, ends_on"),
        ({"dates": {"S": {"starts_on": "2027-03-01"}}}, "dates: S"),
        ({"dates": {"S": {"starts_on": "2027-03-01", "ends_on": "1/3"}}}, "2027-03-01"),
        ({"pins": {"KEM/P-1": ""}}, "name of a slot"),
        ({"dates": {"decide_by": "2027-02-30"}}, "2027-03-01"),
        ({"budgets": {"APBN": 5}}, "budgets: APBN"),
        ({"budgets": {"APBN:next": 5}}, "budgets: APBN:next"),
        ({"budgets": {"APBN:2027": "much"}}, "much"),
        ({"budgets": {"APBN:2027": -5}}, "0 or more"),
        ({"budgets": {"APBN:2027": "-101%"}}, "100%"),
        ({"budgets": {"APBN:2027": "nan"}}, "number"),
        ({"capacities": {"S": {"max": 1, "min": 2}}}, "capacities: S"),
        ({"capacities": {"S": {"seats": 2}}}, "min, max"),
        ({"capacities": {"S": {}}}, "at least one"),
        ({"capacities": {"S": {"max": True}}}, "whole number"),
        ({"resources": {"beds": 1.5}}, "resources: beds"),
        ({"quotas": {"women": {"value": -1}}}, "quotas: women: value"),
        ({"resources": {"beds": "+much"}}, "resources: beds"),
        ({"quotas": {"women": {"is_hard": "yes"}}}, "true or false"),
        ({"weights": {"luck": 3}}, "weights: luck"),
        ({"rates": {"shock": 0}}, "rates: shock"),
        ({"rates": {"kind": "wild"}}, "rates: kind"),
        ({"rates": {"colour": "red"}}, "rates: colour"),
    ],
)
def test_anything_else_is_refused_by_name(overrides, where):
    with pytest.raises(ValidationError) as refused:
        validate_overrides(overrides)
    assert where in str(refused.value)


@pytest.mark.django_db
def test_a_child_has_the_last_word():
    profile = factories.objective_profile.make()
    parent = Scenario.objects.create(
        name="Less",
        created_at=NOW,
        profile=profile,
        overrides={
            "budgets": {"a:2027": 1, "b:2027": 2},
            "resources": {"beds": 3, "rooms": 10},
        },
    )
    child = Scenario.objects.create(
        name="Even less",
        created_at=NOW,
        parent=parent,
        overrides={"budgets": {"b:2027": 0}, "resources": {"rooms": "+10%"}},
    )
    assert child.changes() == {
        "budgets": {"a:2027": 1, "b:2027": 0},
        "resources": {"beds": 3, "rooms": [10, "+10%"]},
    }
    assert whole(99, [10, "+10%"]) == 11  # of what is above, not of the data
    assert child.objective() == profile
    parent.parent = child  # a circle ends all the same
    assert child.changes()
