"""Reasons and prices in words: complete, bilingual, discreet to participants."""

import pytest
from django.utils import translation

from planner.models import LimitPrice, by_hand_words, reason_words, what_if_words
from programs import eligibility
from programs.eligibility.labels import RULE_LABELS

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
SECRETS = ("12", "2,5", "2.5", "10", "APBN", "XYZ", "110", "37", "21")
SHORT = [
    {"kind": "budget", "lines": ["APBN:2027"], "by": 2_500}
    | {"label_en": "APBN of BSSN, 2027", "label_id": "APBN milik BSSN, 2027"},
    {"kind": "agreement", "limit": "agreement:XYZ", "by": 1, "upper": 110}
    | {name: PARAMS[name] for name in ("label_en", "label_id")},
    {"kind": "quota", "limit": "quota:women", "by": None, "upper": None}
    | {"label_en": "Women", "label_id": "Perempuan"},
    {"kind": "overlap", "limit": "overlap:1", "by": 1, "upper": None}
    | {"label_en": "One stay", "label_id": "Satu penempatan"},
]
COHORT = {"slot": "MY-01", "min": 12, "able": 37, "free": 21, "short": SHORT[:2]}
FACTS = {
    "rules": [{"code": "host_veto", "params": {}}],
    "counts": [["age", 3]],
    "short": SHORT,
    "possible": True,
    "cohorts": [COHORT],
    "shares": SHORT[2:3],
}


def reason(code):
    """Return a reason of this code with every fact there can be."""
    return {"code": code, "slot": "S", "params": PARAMS, **FACTS}


@pytest.mark.parametrize("code", reason_words.REASON_LABELS)
def test_every_reason_has_both_versions(code):
    assert reason_words.for_planner(reason(code)).startswith("S: ")
    told = reason_words.for_participant(reason(code))
    assert told.startswith("S: ")
    assert not any(secret in told for secret in SECRETS), told


def test_every_reason_has_a_label():
    assert (
        set(reason_words.PLANNER)
        == set(reason_words.PARTICIPANT)
        == set(reason_words.REASON_LABELS)
    )
    assert {rule.code for rule in eligibility.RULES} == set(RULE_LABELS)


def test_money_and_limits_are_told_in_the_readers_language():
    with translation.override("id"):
        assert "Perjanjian XYZ" in reason_words.for_planner(reason("agreement_full"))
    assert "Agreement XYZ" in reason_words.for_planner(reason("agreement_full"))


def plain(text):
    """Return text with blanks where lines may not break."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_everything_that_is_short_is_told_and_by_how_much():
    told = plain(reason_words.for_planner(reason("no_room")))
    short = "APBN of BSSN, 2027 (Rp 2.5 m); Agreement XYZ (1); Women; another place"
    assert f"S: No room in this plan. Short: {short}" in told
    assert "this person could have the place and everybody else keep theirs" in told
    alone = reason("no_room") | {"possible": False}
    assert "everybody else" not in reason_words.for_planner(alone)


def test_money_is_called_what_people_call_its_lines():
    short = [SHORT[0]]
    assert plain(reason_words.shortages(short)) == "APBN of BSSN, 2027 (Rp 2.5 m)"
    violated = by_hand_words.violation(SHORT[0])
    assert violated.startswith("APBN of BSSN, 2027: the plan asks for")
    spent = {"APBN:2027": "2500"}
    told = plain(what_if_words.money(spent, {"APBN:2027": SHORT[0]}))
    assert told == "Money: APBN of BSSN, 2027 +Rp 2.5 m; together +Rp 2.5 m."
    with translation.override("id"):
        told = plain(reason_words.shortages(short))
        assert told == "APBN milik BSSN, 2027 (Rp 2,5 juta)"
        assert by_hand_words.violation(SHORT[0]).startswith("APBN milik BSSN, 2027: ")
        told = plain(what_if_words.money(spent, {"APBN:2027": SHORT[0]}))
        assert "APBN milik BSSN, 2027 +Rp 2,5 juta" in told


def test_rows_of_earlier_releases_name_lines_by_their_codes():
    stored = {"kind": "budget", "lines": ["APBN:2027", "bssn:2027"], "by": 2_500}
    assert plain(reason_words.shortage(stored)) == "APBN:2027 + bssn:2027 (Rp 2.5 m)"
    assert by_hand_words.violation(stored).startswith("APBN:2027 + bssn:2027: the")
    told = plain(what_if_words.money({"APBN:2027": "2500"}, {}))
    assert told == "Money: APBN:2027 +Rp 2.5 m; together +Rp 2.5 m."
    old = {"code": "no_room", "params": {}, "short": [stored]}
    assert reason_words.limits_of(old) == ["APBN:2027 + bssn:2027"]


def test_a_line_that_is_short_is_one_limit():
    told = {"code": "no_room", "params": {}, "short": SHORT[:2]}
    assert reason_words.limits_of(told) == ["APBN of BSSN, 2027", "Agreement XYZ"]


def test_the_person_learns_of_what_kind_it_is_and_nothing_of_others():
    told = reason_words.for_participant(reason("no_room"))
    assert told == (
        "S: You met every condition, but there is no room in this plan. Short: money, "
        "places under the agreement, a limit on shares of people, your time: you have "
        "another place then."
    )


def test_another_registration_is_told_to_nobody():
    checked = reason("no_room") | {"short": [SHORT[3] | {"checked": True}]}
    for told in (reason_words.for_participant, reason_words.for_planner):
        assert "which the ministry is making" in told(checked)
        assert "another place" not in told(checked)


def test_somebody_elses_time_is_not_told_as_the_persons_own():
    crowded = COHORT | {"short": SHORT[:1] + SHORT[3:]}
    closed = reason("cohort_closed") | {"cohorts": [crowded], "short": []}
    assert reason_words.for_participant(closed).endswith("Short: money.")
    own = closed | {"short": SHORT[3:]}
    assert "you have another place then" in reason_words.for_participant(own)


@pytest.mark.parametrize(
    ("cohort", "told"),
    [
        (COHORT, "it is short of: APBN of BSSN, 2027 (Rp 2.5 m); Agreement XYZ (1)."),
        (COHORT | {"short": [], "better": True}, "the plan would be better"),
        (COHORT | {"short": [], "better": False}, "not make the plan better"),
        (
            {"slot": "MY-01", "min": 12, "able": 37, "free": 2},
            "2 of them have no place.",
        ),
    ],
)
def test_a_cohort_that_does_not_run_says_what_it_lacks(cohort, told):
    closed = reason("cohort_closed") | {"cohorts": [cohort], "short": []}
    sentence = plain(reason_words.for_planner(closed))
    assert "it needs 12 people, 37 could take part" in sentence
    assert told in sentence


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            {"kind": "seats", "people": 1.0},
            "Price of one more: as much as 1 placements.",
        ),
        ({"kind": "seats", "price": 30.0}, "Price of one more: 30 points of fit."),
        (
            {"kind": "quota", "people": -0.5},
            "Price of one fewer asked for: as much as 0.5 placements",
        ),
        ({"kind": "seats"}, "Not tight"),
        ({"kind": "budget"}, "Not tight"),
        ({"kind": "budget", "people": 0.0001}, "more: as much as 10 placements"),
        ({"kind": "budget", "price": 0.01}, "more: 1,000 points|more: 1000 points"),
    ],
)
def test_a_price_is_a_sentence(columns, told):
    limit = LimitPrice(code="k", label_en="L", label_id="L", use=0, **columns)
    assert any(part in limit.words() for part in told.split("|"))
