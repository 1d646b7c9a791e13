"""``manage.py backup``: a consistent copy of the database, while it is in use."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from programs import clock


@contextmanager
def only_for_the_owner():
    """Make files that nobody else on the machine can read, from their first byte."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


class Command(BaseCommand):
    """Copies the database to a file, checks the copy, and tells its name.

    The keys in ``.env`` are not in it, and without them neither national ids nor
    disability can be read: keep them in another place.
    """

    help = _("Write a checked copy of the database into a folder.")

    def add_arguments(self, parser):
        """Take the folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        """Copy by the means of the database at hand, for nobody but the owner."""
        with only_for_the_owner():
            self.copy(folder)

    def copy(self, folder):
        """Copy, and tell the name and size of the copy."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
        if connection.vendor == "sqlite":
            path = self.copy_sqlite(folder / f"planner-{stamp}.sqlite3")
        else:
            path = self.dump_postgresql(folder / f"planner-{stamp}.dump")
        size = path.stat().st_size / 2**20
        self.stdout.write(_("%(path)s: %(size).1f MB") % {"path": path, "size": size})

    def copy_sqlite(self, path):
        """Copy under a read transaction: writers go on, the copy is of one moment."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        copy = sqlite3.connect(path)
        try:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        finally:
            copy.close()
        if verdict != "ok":
            raise CommandError(_("The copy is damaged: %s") % verdict)
        return path

    def dump_postgresql(self, path):
        """Dump with pg_dump; the password travels in its environment."""
        if shutil.which("pg_dump") is None:
            raise CommandError(_("pg_dump is missing. Install PostgreSQL's client."))
        command = ["pg_dump", "--format=custom", "--file", str(path)]
        arguments, environment = connection.client.settings_to_cmd_args_env(
            connection.settings_dict, []
        )
        done = subprocess.run(
            [*command, *arguments[1:]],
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", **(environment or {})},
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            path.unlink(missing_ok=True)
            raise CommandError(_("pg_dump failed: %s") % done.stderr.strip())
        return path
