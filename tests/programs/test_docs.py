"""The pages of docs/domain name every model, rule and part there is."""

from pathlib import Path

import pytest
from django.apps import apps

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
