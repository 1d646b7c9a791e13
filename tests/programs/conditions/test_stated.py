"""Studies, jobs and facts that the ministry has defined, each at its limit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import factories

from .answers import FIRST, answer

pytestmark = pytest.mark.django_db

STUDIES = [
    {"level": "sma", "graduated_on": date(2020, 6, 1), "gpa": None},
    {
        "level": "d3",
        "graduated_on": date(2023, 8, 1),
        "gpa": "3.10",
        "accreditation": "A",
    },
    {
        "level": "s1",
        "status": "active",
        "graduated_on": None,
        "isced_f": "0613",
        "gpa": "3.42",
        "semester": 5,
    },
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("education >= d3", "yes"),
        ("education > d3", "no"),
        ("education >= smk and education < s1", "yes"),
        ("education(07) = d3", "yes"),
        ("education(0613) >= sma", "no"),
        ("education on 2023-07-31 >= d3", "no"),
        ("education on 2023-08-01 >= d3", "yes"),
        ("studying = s1", "yes"),
        ("studying(07) >= sma", "no"),
        ("gpa >= 3.42", "yes"),
        ("gpa > 3.42", "no"),
        ("semester >= 5", "yes"),
        ("accreditation = A", "yes"),
        ("accreditation not in (unggul, B)", "yes"),
        ("graduated >= 2023-08-01", "yes"),
        ("graduated >= 3 years before first_day", "no"),
        ("graduated(06) >= 2000-01-01", "unknown"),
    ],
)
def test_studies(person, text, expected):
    for study in STUDIES:
        factories.education.make(participant=person, **study)
    assert answer(text) == expected


@pytest.mark.parametrize(
    "text", ["education >= sma", "gpa < 4", "semester > 1", "accreditation = a"]
)
def test_studies_that_nobody_stated_are_not_known(person, text):
    factories.participant.make()
    assert answer(text) == "unknown"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("experience >= 24 months", "yes"),
        ("experience > 730 days", "yes"),
        ("experience >= 2 years", "yes"),
        ("experience(09) >= 1 year", "yes"),
        ("experience(0913) > 366 days", "no"),
        ("experience on 2025-01-01 = 366 days", "yes"),
        ("experience on 2023-06-01 = 0 days", "yes"),
        ("experience = 731 days", "yes"),
    ],
)
def test_jobs_at_the_same_time_count_once(person, text, expected):
    jobs = [("2024-01-01", "2025-01-01", "0913"), ("2024-07-01", "2026-01-01", "0714")]
    for number, (starts, ends, field) in enumerate(jobs):
        factories.employment.make(
            participant=person,
            employer=f"PT {number}",
            starts_on=starts,
            ends_on=ends,
            isced_f=field,
        )
    factories.employment.make(starts_on=date(2000, 1, 1))
    assert answer(text) == expected


def test_who_names_no_job_has_no_experience(person):
    assert answer("experience < 1 day") == "yes"


@pytest.mark.parametrize(
    ("kind", "value", "text", "expected"),
    [
        ("number", "14.50", 'fact("x") >= 14.5', "yes"),
        ("number", "14.50", 'fact("x") > 14.5', "no"),
        ("truth", "yes", 'fact("x")', "yes"),
        ("truth", "no", 'fact("x")', "no"),
        ("truth", "no", 'not fact("x")', "yes"),
        ("day", "2026-05-01", 'fact("x") >= 1 year before first_day', "yes"),
        ("day", "2026-03-01", 'fact("x") >= 1 year before first_day', "no"),
        ("code", "pass", 'fact("x") = PASS', "yes"),
        ("code", "pass", 'fact("x") not in (pass, good)', "no"),
        ("number", "14", 'fact("x")', "unknown"),
        ("number", "14", 'fact("y") >= 1', "unknown"),
    ],
)
def test_facts_the_ministry_has_defined(person, kind, value, text, expected):
    defined = factories.fact_definition.make(code="x", kind=kind)
    factories.person_fact.make(participant=person, definition=defined, value=value)
    other = factories.fact_definition.make(code="z", kind=kind)
    factories.person_fact.make(participant=person, definition=other, value=value)
    assert answer(text) == expected


@pytest.mark.parametrize(
    ("definition", "stated", "expected"),
    [
        ({}, {}, "yes"),
        ({}, {"valid_from": FIRST}, "yes"),
        ({}, {"valid_from": FIRST + timedelta(1)}, "unknown"),
        ({}, {"valid_to": FIRST}, "yes"),
        ({}, {"valid_to": FIRST - timedelta(1)}, "unknown"),
        ({"is_verified": True}, {}, "unknown"),
        (
            {"is_verified": True},
            {"verified_at": datetime(2027, 1, 6, tzinfo=UTC)},
            "yes",
        ),
    ],
)
def test_a_fact_counts_while_it_is_valid_and_once_confirmed(
    person, definition, stated, expected
):
    defined = factories.fact_definition.make(code="x", **definition)
    factories.person_fact.make(participant=person, definition=defined, **stated)
    assert answer('fact("x") >= 1') == expected


def test_the_latest_statement_counts(person):
    defined = factories.fact_definition.make(code="x")
    for month, value in ((1, "9"), (3, "15"), (2, "20")):
        factories.person_fact.make(
            participant=person,
            definition=defined,
            value=value,
            valid_from=date(2027, month, 1),
        )
    assert answer('fact("x") = 15') == "yes"


def test_a_score_stands_beside_its_band(person):
    factories.language_certificate.make(
        participant=person, test="JLPT", band="N3", score="101.5"
    )
    assert answer('score("JLPT") = 101.5') == "yes"
