"""How rows are written: a batch a statement, with their history; one row is a batch.

Single verbs and verbs for many write through here, so a row has the same history
whichever road it came by, and a batch of a thousand takes as many statements as one of
ten (SQLite splits a long INSERT by the number of its variables).
"""

from django.db import IntegrityError, transaction

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
        children = [child for _row, rows in batch for child in rows]
        model._base_manager.bulk_create(children)


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
