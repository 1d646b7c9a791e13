"""Budgets tried out by the first version keep their run; hand-made names stay."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from planner.models import Scenario
from tests import factories

pytestmark = pytest.mark.django_db
SCHEMA = SimpleNamespace(connection=connection)
migration = import_module("planner.migrations.0009_budget_trials")
ONE = {"budgets": {"state:2027": 25_000_000}}


def test_a_marked_scenario_is_a_trial_of_its_run():
    run = factories.allocation_run.make()
    trial = factories.scenario.make(
        name=f"#{run.number} state:2027 = 25000000", overrides=ONE
    )
    migration.name_purpose(apps, SCHEMA)
    trial.refresh_from_db()
    assert (trial.purpose, trial.tried_for) == ("budget_trial", run)
    assert list(run.budget_trials.all()) == [trial]


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("#1 of my ideas", ONE),
        ("#999999 state:2027 = 25000000", ONE),
        ("#{number} state:2027 = 25000000", {"weights": {"merit_points": 3}}),
        ("More money", ONE),
    ],
)
def test_what_people_named_stays_a_what_if(name, overrides):
    run = factories.allocation_run.make()
    factories.scenario.make(name=name.format(number=run.number), overrides=overrides)
    migration.name_purpose(apps, SCHEMA)
    assert Scenario.objects.what_ifs().count() == 1


def test_the_way_back_keeps_every_scenario():
    run = factories.allocation_run.make()
    trial = factories.scenario.make(
        name=f"#{run.number} state:2027 = 25000000", overrides=ONE
    )
    migration.name_purpose(apps, SCHEMA)
    migration.forget_purpose(apps, SCHEMA)
    trial.refresh_from_db()
    assert (trial.purpose, trial.tried_for) == ("what_if", None)
