"""A copy of the world, to measure in."""

import os
from contextlib import contextmanager
from unittest import mock

from django.db import connections

from tests.connections import using
from tests.races.databases import Databases


@contextmanager
def copy(folder):
    """Let this process and those it starts work in a copy of the database.

    Parameters
    ----------
    folder: where SQLite's copy may be put.
    """
    base = str(connections["default"].settings_dict["NAME"])
    address = os.environ["DATABASE_URL"]
    connections["default"].close()
    databases = Databases(folder)
    with using(databases.empty):
        there = address[: -len(base)] + databases.empty
        with mock.patch.dict(os.environ, DATABASE_URL=there):
            yield
    databases.drop_all()
