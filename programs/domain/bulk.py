"""How rows are written: a batch a statement, with their history; one row is a batch.

Single verbs and verbs for many write through here, so a row has the same history
whichever road it came by, and a batch of a thousand takes as many statements as one of
ten (SQLite splits a long INSERT by the number of its variables).
"""

import sqlite3

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction

from programs.models import User

from . import states
from .checks import told

BATCH = 1_000


def insert(rows, *, by, now):
    """Insert checked rows of one model; a twin that appeared meanwhile is refused."""
    _write(rows, by, now)


def overwrite(changes, *, by, now):
    """Write what was changed of rows that exist, upon the rows as they are now.

    An upsert by primary key: one statement for the batch, where ``bulk_update`` makes
    a CASE of every row and field. It writes the same columns of all rows, so each row
    is first brought up to date in those that it leaves alone: what somebody else has
    written since it was read stays, in the row and in its history.

    Parameters
    ----------
    changes: pairs of (row changed in memory, names of the fields that it changes).

    Raises
    ------
    Refusal: one of the rows is gone.
    """
    fields = {name for _row, names in changes for name in names}
    for batch in states.batches(changes, BATCH):
        _bring_up_to_date(batch)
    _write([row for row, _names in changes], by, now, update_fields=sorted(fields))


def _bring_up_to_date(changes):
    """Hold rows, and read again what is not changed of them."""
    if not changes:
        return
    model = type(changes[0][0])
    held = model._base_manager.select_for_update(of=("self",), no_key=True)
    held = held.filter(pk__in=[row.pk for row, _names in changes]).order_by("pk")
    fields = {field.attname: field.name for field in model._meta.concrete_fields}
    stored = {row.pop(model._meta.pk.attname): row for row in held.values(*fields)}
    for row, names in changes:
        if row.pk not in stored:
            raise states.changed_meanwhile()
        for attname, value in stored[row.pk].items():
            if not {attname, fields[attname]} & set(names):
                setattr(row, attname, value)


class Ready(list):
    """Rows of one model with the values that will be stored, made ahead of the writing.

    ``values`` is (fields, a list of values for each row); ``None`` where the database
    makes a value itself.
    """

    def __init__(self, rows):
        super().__init__(rows)
        connection = connections[DEFAULT_DB_ALIAS]  # the proxy is asked at each value
        self.values = _values(self, connection) if self else None


def create(rows):
    """Insert new rows of one model that need no history, as ``bulk_create`` does.

    A plan of 20,000 people is written in one transaction, beside which others wait.
    Django makes a text for each statement, a placeholder for each value, which costs
    more than the writing: here SQLite takes a thousand rows with one text, PostgreSQL
    all of them by COPY. What a trigger counts, it counts once a statement.

    Parameters
    ----------
    rows: unsaved; as ``Ready`` if their values were made before others had to wait.
    """
    if not rows:
        return
    ready = rows if isinstance(rows, Ready) else Ready(rows)
    if ready.values is None:
        type(rows[0])._base_manager.bulk_create(rows)
        return
    write(type(rows[0]), *ready.values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def write(model, fields, lines):
    """Insert lines of stored values.

    Parameters
    ----------
    fields: of the model, a value of a line for each.
    lines: lists of values as ``get_db_prep_save`` makes them.
    """
    if not lines:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    into = f"{quoted(model._meta.db_table)} ({columns})"
    put = _copy if connection.vendor == "postgresql" else _insert
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        put(cursor, into, lines)


def _insert(cursor, into, lines):
    width = len(lines[0])
    limit = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    marks = f"({', '.join(['%s'] * width)})"
    for batch in states.batches(lines, min(BATCH, limit // width)):
        cursor.execute(
            f"INSERT INTO {into} VALUES {', '.join([marks] * len(batch))}",  # noqa: S608
            [value for line in batch for value in line],
        )


def _copy(cursor, into, lines):
    # Django wraps what a statement raises, but not what a copy does.
    wrapped = cursor.db.wrap_database_errors
    with wrapped, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)


def write_numbered(rows, numbers):
    """Insert ``Ready`` rows without a key as the rows of these numbers."""
    model = type(rows[0])
    fields, lines = rows.values
    numbered = [[*line, number] for line, number in zip(lines, numbers, strict=True)]
    write(model, [*fields, model._meta.pk], numbered)


def next_numbers(model, count):
    """Return the next numbers of a table, which are given to nobody else.

    The caller keeps others from writing to the table on SQLite.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) "
                "FROM generate_series(1, %s)",
                [table, column, count],
            )
            return sorted(number for (number,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        ((last,),) = cursor.fetchall() or [(0,)]
        return range(last + 1, last + 1 + count)


def _values(rows, connection):
    fields = list(type(rows[0])._meta.local_concrete_fields)
    if all(row.pk is None for row in rows):
        fields.remove(type(rows[0])._meta.pk)
    for row in rows:
        row._prepare_related_fields_for_save("create")
    lines = [[field.pre_save(row, True) for field in fields] for row in rows]
    if any(hasattr(value, "resolve_expression") for line in lines for value in line):
        return None
    return fields, [
        [
            field.get_db_prep_save(value, connection)
            for field, value in zip(fields, line, strict=True)
        ]
        for line in lines
    ]


def replace(model, parent, lists):
    """Put new children in the place of old ones.

    Parameters
    ----------
    model: the children's. parent: the name of their foreign key.
    lists: pairs of (parent row, unsaved children), or ``None`` for "as they are".
    """
    for batch in states.batches([pair for pair in lists if pair[1] is not None], BATCH):
        ids = [row.pk for row, _children in batch]
        model._base_manager.filter(**{f"{parent}__in": ids}).delete()
        create([child for _row, rows in batch for child in rows])


def _write(rows, by, now, update_fields=None):
    if not rows:
        return
    model = type(rows[0])
    for batch in states.batches(rows, BATCH):
        _store(model, batch, update_fields)
        if hasattr(model, "history"):
            model.history.bulk_history_create(
                batch,
                update=update_fields is not None,
                default_user=by if isinstance(by, User) else None,
                default_date=now,
            )


def _store(model, rows, update_fields):
    if update_fields == []:  # only what hangs on the rows changes
        return
    upsert = {}
    if update_fields:
        upsert = {
            "update_conflicts": True,
            "unique_fields": [model._meta.pk.name],
            "update_fields": update_fields,
        }
    try:
        with transaction.atomic():
            model._base_manager.bulk_create(rows, **upsert)
    except IntegrityError as error:
        raise told(error) from error
