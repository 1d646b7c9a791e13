"""The database has the shape that the models say."""

from io import StringIO

import pytest
from django.core.management import call_command


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["programs", "planner", "api"])
def test_no_migration_is_missing(app):
    said = StringIO()
    try:
        call_command("makemigrations", app, check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(f"Models changed without a migration:\n{said.getvalue()}")
