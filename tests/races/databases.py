"""Copies of the test database that several connections can write to.

SQLite's test database is in memory and has one connection, so a copy is a file. A copy
on PostgreSQL takes a fraction of what emptying every table does.
"""

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from django.db import connections


class Databases:
    """The copies of this session.

    Parameters
    ----------
    folder: where files may be put.
    """

    def __init__(self, folder):
        self.folder, self.numbers, self.names = folder, count(1), set()
        self.base = connections["default"].settings_dict["NAME"]
        self.is_server = connections["default"].vendor == "postgresql"
        if self.is_server:
            connections["default"].close()
        self.empty = self.copy(self.base)

    def copy(self, source):
        """Return the name of a new copy of a database that nobody is connected to."""
        number = next(self.numbers)
        if self.is_server:
            name = f"{self.base}_{number}"
            administer(f'DROP DATABASE IF EXISTS "{name}"')
            administer(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        else:
            name = str(self.folder / f"{number}.sqlite3")
            with (
                closing(sqlite3.connect(source, uri=True)) as original,
                closing(sqlite3.connect(name)) as copy,
            ):
                original.backup(copy)
        self.names.add(name)
        return name

    def drop(self, name):
        """Remove a copy that nobody is connected to."""
        self.names.remove(name)
        if self.is_server:
            administer(f'DROP DATABASE "{name}"')
        else:
            Path(name).unlink()

    def drop_all(self):
        """Remove the copies that are left."""
        for name in list(self.names):
            self.drop(name)


def administer(statement):
    """Execute what no connection to the database concerned can."""
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(statement)
