"""What a database refused, told as what it was: never as something else.

A broken constraint has a name, which says who came first; a missing value where one is
due says that program and database are of different releases.
"""

from contextlib import contextmanager

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from programs.refusals import Refusal, RefusalKind

UNIQUE, MISSING = "23505", "23502"
"""PostgreSQL's codes of a row that exists already, and of a value that is missing."""


@contextmanager
def told_as(refusal, model, name, *, otherwise=None):
    """Tell one broken constraint as a refusal, and no other as it.

    Parameters
    ----------
    refusal: what the constraint's breach means. model, name: of the constraint.
    otherwise: what a breach of any other uniqueness means; a fault of ours if None.
    """
    try:
        yield
    except IntegrityError as error:
        if is_of(error, model, name):
            raise refusal from error
        if is_of_another_release(error):
            raise other_release() from error
        if otherwise is not None and is_duplicate(error):
            raise otherwise from error
        raise


def is_of(error, model, name):
    """Return whether an ``IntegrityError`` is of a model's constraint of this name."""
    if connection.vendor == "postgresql":
        return error.__cause__.diag.constraint_name == name
    [constraint] = [each for each in model._meta.constraints if each.name == name]
    columns = [model._meta.get_field(field).column for field in constraint.fields]
    told = ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return str(error) in {f"UNIQUE constraint failed: {told}", name}


def is_duplicate(error):
    """Return whether such a row exists already."""
    if connection.vendor == "postgresql":
        return error.__cause__.sqlstate == UNIQUE
    return str(error).startswith("UNIQUE constraint failed")


def is_of_another_release(error):
    """Return whether a column was left out that the database has and we do not know."""
    if connection.vendor == "postgresql":
        return error.__cause__.sqlstate == MISSING
    return str(error).startswith("NOT NULL constraint failed")


def other_release():
    """Return the refusal of a write by a program of another release."""
    return Refusal(
        "other-release",
        _(
            "The database belongs to another release than this program, and nothing "
            "was written. Whoever operates it has to restart the web processes."
        ),
        kind=RefusalKind.CONFLICT,
    )
