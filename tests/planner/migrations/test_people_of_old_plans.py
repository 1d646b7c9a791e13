"""What plans of earlier releases said of people is counted from what they wrote."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tests import factories

pytestmark = pytest.mark.django_db
SCHEMA = SimpleNamespace(connection=connection)
migration = import_module("planner.migrations.0024_people_of_old_plans")
OLD = {"people": 5, "placed": 3, "reserve": 2, "unplaced": 2, "kept": 0, "cost": 9}


def nominated(person):
    return factories.application.make(
        participant=person, intake=factories.intake.make()
    )


def test_people_of_an_old_plan_are_humans_and_a_new_plan_is_left_alone():
    """Two are placed, one of them twice, and two wait, one of whom has a place."""
    run = factories.allocation_run.make(summary=OLD)
    new = factories.allocation_run.make(summary=OLD | {"nominations": 5})
    none = factories.allocation_run.make(summary={"conflict": []})
    twice, once, waits = (factories.participant.make() for _ in range(3))
    for person in (twice, twice, once):
        factories.proposal.make(run=run, application=nominated(person))
    for person in (once, waits):
        asked = nominated(person)
        factories.unplaced.make(run=run, application=asked)
        run.reserves.create(
            slot=factories.slot.make(), application=asked, position=1
        )
    migration.count_people(apps, SCHEMA)
    for row in (run, new, none):
        row.refresh_from_db()
    people = {"people": 3, "placed": 2, "reserve": 1, "unplaced": 1}
    assert run.summary == OLD | people | {"nominations": 5}
    assert new.summary == OLD | {"nominations": 5}
    assert none.summary == {"conflict": []}
