"""What holds for every model of the domain."""

import pytest
from django.apps import apps
from model_bakery.recipe import Recipe

from tests import factories

MODELS = [
    model
    for model in apps.get_app_config("programs").get_models()
    if not model.__name__.startswith("Historical")
]
RECIPES = {
    recipe._model: recipe
    for recipe in vars(factories).values()
    if isinstance(recipe, Recipe)
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_has_a_docstring(model):
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.django_db
def test_has_a_recipe_and_a_name(model):
    row = RECIPES[model].make()
    assert str(row)
    assert " object (" not in str(row)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.django_db
def test_recipe_makes_a_valid_row(model):
    RECIPES[model].make().full_clean(validate_unique=False)
