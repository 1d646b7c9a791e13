"""Reasons and prices in words: complete, bilingual, discreet to participants."""

import pytest
from django.utils import translation

from planner.models import LimitPrice, words
from programs import eligibility

PARAMS = {
    "slot": "MY-01",
    "seats": 12,
    "min": 3,
    "needed": 10_000,
    "left": 2_500,
    "lines": ["APBN:2027"],
    "limit": "quota:women",
    "label_en": "Agreement XYZ",
    "label_id": "Perjanjian XYZ",
    "upper": 110,
}
SECRETS = ("12", "2,5", "2.5", "10", "APBN", "XYZ", "110")


def reason(code):
    """Return a reason of this code with every fact there can be."""
    rules = [{"code": "host_veto", "params": {}}]
    counts = [["age", 3]]
    return {"code": code, "slot": "S", "params": PARAMS, "rules": rules} | {
        "counts": counts
    }


@pytest.mark.parametrize("code", words.REASON_LABELS)
def test_every_reason_has_both_versions(code):
    assert words.for_planner(reason(code)).startswith("S: ")
    told = words.for_participant(reason(code))
    assert told.startswith("S: ")
    assert not any(secret in told for secret in SECRETS), told


def test_every_reason_has_a_label():
    assert set(words.PLANNER) == set(words.PARTICIPANT) == set(words.REASON_LABELS)
    assert {rule.code for rule in eligibility.RULES} == set(words.RULE_LABELS)


def test_money_and_limits_are_told_in_the_readers_language():
    with translation.override("id"):
        assert "Perjanjian XYZ" in words.for_planner(reason("agreement_full"))
    assert "Agreement XYZ" in words.for_planner(reason("agreement_full"))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"kind": "seats", "people": 1.0}, "One more would place 1 more people."),
        ({"kind": "seats", "price": 30.0}, "One more would add 30 points of fit."),
        ({"kind": "quota", "people": -0.5}, "One fewer asked for would place 0.5"),
        ({"kind": "seats"}, "Not tight"),
        ({"kind": "budget"}, "Not tight"),
        ({"kind": "budget", "people": 0.0001}, "would place 10 more people"),
        ({"kind": "budget", "price": 0.01}, "would add 1,000 points|1000 points"),
    ],
)
def test_a_price_is_a_sentence(columns, told):
    limit = LimitPrice(code="k", label_en="L", label_id="L", use=0, **columns)
    assert any(part in limit.words() for part in told.split("|"))
