"""A backup is a whole copy, taken while others write."""

import shutil
import sqlite3

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from planner.management.commands import backup


@pytest.mark.skipif(connection.vendor != "sqlite", reason="copies an SQLite file")
@pytest.mark.django_db(transaction=True)
def test_the_copy_holds_what_the_database_held(tmp_path, django_user_model):
    django_user_model.objects.create(username="siti")
    call_command("backup", tmp_path / "copies")
    (path,) = (tmp_path / "copies").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    copy = sqlite3.connect(path)
    assert copy.execute("SELECT username FROM programs_user").fetchall() == [("siti",)]
    copy.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="calls pg_dump")
@pytest.mark.skipif(not shutil.which("pg_dump"), reason="pg_dump is not installed")
@pytest.mark.django_db(transaction=True)
def test_the_dump_is_one_that_pg_restore_reads(tmp_path):
    call_command("backup", tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"PGDMP")


def test_a_missing_pg_dump_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setattr(backup.shutil, "which", lambda name: None)
    with pytest.raises(CommandError, match="pg_dump is missing"):
        backup.Command().dump_postgresql(tmp_path / "copy.dump")
