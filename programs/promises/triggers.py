"""Puts the promises into the database after each ``migrate``; takes them out before.

SQLite drops a table's triggers when a migration makes the table anew, and refuses to
rename a table that a trigger elsewhere names. Installing them each time keeps both away
from the authors of migrations.
"""

import sqlite3
from pathlib import Path

from django.db import connections, transaction

from programs.choices import LIVE_PLACEMENT_STATES

FOLDER = Path(__file__).parent
PREFIXES = ("programs_promise", "programs_worth", "programs_moneyused")
OLDER = ("funding_shares_are_at_most_all_on_",)
"""How triggers of an older release are called."""
LAST_COLUMN = "programs_immigrationroute", "travel_days"
"""What the scripts name and the newest migration has brought."""
ON_SERVER = """
    SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgname LIKE 'programs\\_promise%'
      AND relnamespace = current_schema::regnamespace
"""
IN_FILE = (
    "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view', 'table')"
)


def install(*, using="default", **_signal):
    """Let the database keep its promises from now on."""
    connection = connections[using]
    if not is_newest(connection):
        return  # migrated back
    live = ", ".join(f"'{state}'" for state in LIVE_PLACEMENT_STATES)
    path = FOLDER / f"{connection.vendor}.sql"
    script = path.read_text(encoding="utf-8").replace("{live}", live)
    with transaction.atomic(using=using):
        uninstall(using=using)
        with connection.cursor() as cursor:
            for statement in statements(script, connection.vendor):
                cursor.execute(statement)


def is_newest(connection):
    """Return whether the tables are those that the scripts were written for."""
    table, column = LAST_COLUMN
    if table not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, table)
    return column in {each.name for each in description}


def uninstall(*, using="default", **_signal):
    """Take every trigger off."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for what, name in installed(connection):
            cursor.execute(f"DROP {what} {name}")


def before_migration(*, using, **_signal):
    """Make room for a migration that makes one of the tables anew."""
    if connections[using].vendor == "sqlite":
        uninstall(using=using)


def is_installed(*, using="default"):
    """Return whether the database keeps its promises."""
    connection = connections[using]
    path = FOLDER / f"{connection.vendor}.sql"
    wanted = path.read_text(encoding="utf-8").count("\nCREATE TRIGGER ")
    triggers = [what for what, _name in installed(connection) if what == "trigger"]
    return len(triggers) == wanted


def installed(connection):
    """Return (kind, name) of what ``install`` has put there, dependants first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ON_SERVER)
            return [
                ("trigger", f"{name} ON {table}") for name, table in cursor.fetchall()
            ]
        cursor.execute(IN_FILE)
        rows = [row for row in cursor.fetchall() if row[1].startswith(PREFIXES + OLDER)]
    return sorted(rows, key=lambda row: ("trigger", "view", "table").index(row[0]))


def statements(script, vendor):
    """Return the statements of a script; a server takes it as a whole."""
    if vendor == "postgresql":
        return [script]
    parts, statement = [], ""
    for line in script.splitlines():
        statement += f"{line}\n"
        if sqlite3.complete_statement(statement):
            parts.append(statement)
            statement = ""
    return parts
