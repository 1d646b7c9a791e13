"""The pages of docs/domain name every model, rule and part there is."""

import json
from pathlib import Path

import pytest
from django.apps import apps

from programs.conditions import SCHEMA
from programs.conditions.vocabulary import FACTS
from programs.eligibility import RULES

PAGES = Path(__file__).parents[2] / "docs" / "domain"
MODELS = [
    model.__name__
    for model in apps.get_app_config("programs").get_models()
    if not model.__name__.startswith("Historical")
]


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_on_the_index_and_on_a_page_of_its_own(name):
    assert f"`{name}`" in (PAGES / "index.md").read_text()
    pages = [page for page in PAGES.glob("*.md") if page.name != "index.md"]
    assert any(f"**{name}**" in page.read_text() for page in pages)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_is_in_the_table(rule):
    assert f"| `{rule.code}` |" in (PAGES / "eligibility.md").read_text()


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_on_the_page_of_conditions(fact):
    rows = (PAGES / "conditions.md").read_text().splitlines()
    assert any(f"`{fact}" in row.split("|")[1] for row in rows if row.startswith("|"))


def test_the_schema_of_conditions_is_the_one_in_force():
    assert json.loads((PAGES / "condition.schema.json").read_text()) == SCHEMA
