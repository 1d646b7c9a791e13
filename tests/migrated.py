"""A test run begins from a copy of a migrated SQLite database.

Migrating takes most of the time of a short run. The first run with the same migrations
keeps what came out in the machine's folder for temporary files; whoever changes a
migration, or Django, gets a new one. ``tests/upgrade`` and the check for missing
migrations go through the migrations themselves.
"""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import django
from django.apps import apps
from django.db.backends.sqlite3.creation import DatabaseCreation

TRIGGERS = "promises/*.sql"
"""What is put into the database after its migrations."""

migrate = DatabaseCreation.create_test_db


def create_test_db(creation, *args, serialize=True, **options):
    """Copy the kept database into the test database, or migrate and keep it."""
    if not creation.is_in_memory_db(creation._get_test_db_name()):
        return migrate(creation, *args, serialize=serialize, **options)
    kept = kept_database()
    if not kept.exists():
        name = migrate(creation, *args, serialize=serialize, **options)
        keep(creation.connection, kept)
        return name
    name = creation._get_test_db_name()
    connection = creation.connection
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    with closing(sqlite3.connect(kept)) as source:
        source.backup(connection.connection)
    return name


def kept_database():
    """Return where the database of exactly these migrations is kept."""
    digest = sha256(django.__version__.encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        folder = Path(app.path)
        for path in sorted([*folder.glob("migrations/*.py"), *folder.glob(TRIGGERS)]):
            digest.update(path.name.encode() + path.read_bytes())
    return (
        Path(tempfile.gettempdir()) / f"planner-migrated-{digest.hexdigest()[:16]}.db"
    )


def placed(path):
    """Put a copy of the kept database at a path; tell whether there is one.

    Outside of a test run nobody knows the migrations: there is none.
    """
    if not apps.ready or not (kept := kept_database()).exists():
        return False
    shutil.copyfile(kept, path)
    return True


def keep(connection, path):
    """Write a copy of the database, whole or not at all."""
    draft = path.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(draft)) as target:
        connection.connection.backup(target)
    draft.replace(path)
