"""The database has the shape that the models say."""

import inspect
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    RemoveField,
    RenameField,
    RunPython,
)

from tests.paths import ROOT


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["programs", "planner", "api"])
def test_no_migration_is_missing(app):
    said = StringIO()
    try:
        call_command("makemigrations", app, check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(f"Models changed without a migration:\n{said.getvalue()}")


OURS = ("programs", "planner", "api")
FIRST_RELEASE = {
    "programs": "0003",
    "planner": "0007",
    "api": "0003",
}
"""The newest migration of the first release, by app."""


def later():
    """Return (name, operation) of every step since the first release."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return [
        (f"{app}.{name}", step)
        for (app, name), migration in loader.disk_migrations.items()
        if app in OURS and name[:4] > FIRST_RELEASE[app]
        for step in migration.operations
    ]


def test_what_is_new_in_a_row_is_filled_by_the_database():
    """Processes of the release before write rows without naming the new columns."""
    wrong = [
        f"{name}: {step.model_name}.{step.name}"
        for name, step in later()
        if isinstance(step, AddField)
        and not isinstance(step.field, models.ManyToManyField)
        and not (step.field.null or step.field.has_db_default())
        and not step.field.generated  # the database makes it itself
    ]
    assert wrong == []


GONE = {"immigrationroute.yearly_cap", "idempotencyrecord.answer"}
"""Columns that the release before reads; docs/operations/upgrade.md says what to do."""


def test_no_column_is_taken_from_under_the_release_before():
    steps = [step for _name, step in later()]
    assert not any(isinstance(step, RenameField) for step in steps)
    gone = {
        f"{step.model_name}.{step.name}"
        for step in steps
        if isinstance(step, RemoveField)
    }
    assert gone == GONE
    told = (ROOT / "docs" / "operations" / "upgrade.md").read_text(encoding="utf-8")
    for column in GONE:
        assert f"`{column.partition('.')[2]}`" in told


def test_rows_are_changed_in_the_database_that_is_migrated():
    """The sandbox of the API is a second one, with tables of its own."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    functions = {
        f"{app}.{name}: {code.__name__}": code
        for (app, name), migration in loader.disk_migrations.items()
        if app in OURS
        for step in migration.operations
        if isinstance(step, RunPython)
        for code in (step.code, step.reverse_code)
        if code not in (None, RunPython.noop)
    }
    assert len(functions) > 10
    wrong = [
        name
        for name, code in functions.items()
        if "schema_editor" not in code.__code__.co_varnames
        or (
            "get_model" in inspect.getsource(code)
            and "using(" not in inspect.getsource(code)
        )
    ]
    assert wrong == []
