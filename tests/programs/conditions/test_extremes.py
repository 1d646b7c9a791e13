"""Conditions nobody means, which are yet typed, judged and put into words."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from programs import conditions
from programs.conditions import from_json, impossible, read, to_json, write
from programs.conditions.gaps import gaps
from programs.conditions.judging import Judge
from programs.conditions.known import Known
from programs.conditions.logic import dead_ways
from programs.models import Application
from tests import factories

from .answers import CASE
from .trees import CONDITIONS, DEEP

EXTREMES = [
    "age >= 150",
    "age on 40000 years before 0001-01-01 >= 18",
    "age on 40000 years after 9999-12-31 >= 18",
    "age on 40000 months before first_day < 18",
    "born >= 40000 years after last_day",
    "born < 40000 years before application",
    "experience >= 999999999.99 years",
    "experience on 40000 years after decision >= 1 day",
    "days_since() >= 999999999 years",
    "days_since() on 40000 years before first_day >= 183",
    "stays(within 40000 years) <= 0",
    "stays(within 999999999 years) <= 0",
    "stays() <= 999999999",
    'score("JFT-Basic") >= 999999999.99',
    'fact("maths") >= 999999999.99',
    'fact("seen") >= 40000 years after first_day',
    'fact("fit") on 40000 years after first_day',
    "graduated >= 40000 years after decision",
    "language(ja) on 40000 years after first_day >= A1",
    'on_list("3t") on 40000 years before first_day',
    "completed() on 40000 years before first_day",
]


@pytest.fixture
def people(db):
    """Somebody with papers and stays, and somebody with nothing."""
    factories.application.make()
    papers = factories.participant.make(birth_date=date(2004, 2, 29))
    factories.language_certificate.make(participant=papers, language="ja")
    factories.employment.make(participant=papers, starts_on=date(2020, 1, 1))
    for code, kind, value in (
        ("maths", "number", "14"),
        ("fit", "truth", "yes"),
        ("seen", "day", "2027-01-01"),
    ):
        definition = factories.fact_definition.make(
            code=code, kind=kind, is_verified=False
        )
        factories.person_fact.make(
            participant=papers, definition=definition, value=value
        )
    before = factories.application.make(participant=papers)
    factories.placement.make(application=before, state="completed")
    factories.application.make(participant=papers)
    return Application.objects.all()


@pytest.mark.parametrize("text", EXTREMES)
@pytest.mark.parametrize("denied", ["", "not "])
def test_what_is_far_beyond_any_life_is_judged_and_explained(people, denied, text):
    node = read(denied + text).node
    known = Known(people, [node])
    outcome = Judge(known)(node, CASE)
    assert not (outcome.holds & outcome.fails).any()
    for row in range(len(known)):
        assert bool(gaps(known, node, CASE, row)) != outcome.holds[row]
    said_of(node)


def said_of(node):
    """Return what is said of a condition without looking at anybody."""
    told = []
    for language in ("en", "id"):
        with translation.override(language):
            told.append(conditions.sentence(node))
    return [*told, impossible(node), dead_ways(node)]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(DEEP | CONDITIONS)
def test_text_tree_json_and_both_sentences_agree(node):
    read_again = read(write(node)).node
    assert write(read_again) == write(node)
    assert read(write(read_again)).node == read_again
    assert from_json(to_json(read_again)).node == read_again
    assert all(said_of(read_again)[:2])


def test_brackets_as_deep_as_a_text_may_have_come_back_from_json():
    text = "kkni >= 1"
    for level in range(19):
        text = f"(free or kkni >= {level % 9 + 1} and {text})"
    node = read(text).node
    assert from_json(to_json(node)).node == node
