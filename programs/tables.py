"""Rows of CSV files as rows of models: the columns are the fields' own names.

A foreign key is written as the natural key of what it points to (a code), several
values are separated by ``|``, an empty cell is nothing. Primary keys follow from the
natural key, so that the same files make the same ids on every machine.
"""

import csv
import uuid
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db import models
from simple_history.utils import bulk_create_with_history

NAMESPACE = uuid.UUID("6f0d3f5e-6c0a-5d8b-9d3e-1d5a6f0b7c21")
BATCH = 2_000

NATURAL_KEYS = {
    "agreement": ("code",),
    "application": ("participant__code", "intake__code"),
    "costcategory": ("code",),
    "country": ("code",),
    "factdefinition": ("code",),
    "feewaiver": ("code",),
    "fundingsource": ("code",),
    "immigrationroute": ("code",),
    "institution": ("code",),
    "intake": ("code",),
    "participant": ("code",),
    "pathway": ("code",),
    "placement": (
        "application__participant__code",
        "application__intake__code",
        "slot__code",
    ),
    "program": ("code",),
    "programgoal": ("program__code", "indicator_en", "year"),
    "region": ("kemendagri_code",),
    "regionlist": ("code",),
    "sharedresource": ("code",),
    "skill": ("code",),
    "slot": ("code",),
    "team": ("code",),
    "user": ("username",),
}
"""What names a row of each model in a file; parts are joined by a slash."""


def read_rows(path):
    """Return the rows of a CSV file as dictionaries of text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stable_id(model, key):
    """Return the UUID that a row of this model with this natural key always gets."""
    return uuid.uuid5(NAMESPACE, f"{model._meta.model_name}:{key}")


class Keys:
    """Finds primary keys by natural keys, reading each model once."""

    def __init__(self):
        self._found = {}

    def find(self, model, key):
        """Return the primary key of the row so named, or say that there is none."""
        name = model._meta.model_name
        if name not in self._found:
            self._found[name] = self._read(model, NATURAL_KEYS[name])
        try:
            return self._found[name][key]
        except KeyError:
            raise LookupError(f"There is no {name} called {key!r}.") from None

    def forget(self, model):
        """Read the model again next time: rows were added."""
        self._found.pop(model._meta.model_name, None)

    def _read(self, model, fields):
        """Return {natural key: primary key}.

        Codes of people are those of the institution that registered them; where two
        have the same, the row that a file made is meant.
        """
        found = {}
        for pk, *parts in model._base_manager.values_list("pk", *fields).iterator():
            key = "/".join(map(str, parts))
            if key not in found or pk == stable_id(model, key):
                found[key] = pk
        return found


class Table:
    """One model's rows in a file.

    Parameters
    ----------
    model: what the rows are of.
    key: fields that name a row within its model.
    apart: fields that tell rows of one key apart, where they say anything.
    """

    def __init__(self, model, *key, apart=()):
        self.model = model
        self.key = key
        self.apart = apart

    @cached_property
    def fields(self):
        """The model's columns and its many-to-many relations, by name."""
        columns = {field.name: field for field in self.model._meta.concrete_fields}
        return columns | {field.name: field for field in self.model._meta.many_to_many}

    def values(self, row, keys):
        """Return one row as values of fields, by the names the model's columns have."""
        return {
            self.fields[name].attname: self._value(self.fields[name], text, keys)
            for name, text in row.items()
        }

    def _value(self, field, text, keys):
        if field.many_to_many:
            return [keys.find(field.related_model, key) for key in split(text)]
        if text == "":
            return None if field.null else field.get_default()
        if field.is_relation:
            return keys.find(field.related_model, text)
        return READERS.get(type(field), str)(text)

    def build(self, row, keys):
        """Return an unsaved object and the values of its many-to-many relations."""
        values = self.values(row, keys)
        many = {
            name: values.pop(name)
            for name in list(values)
            if name in self.fields and self.fields[name].many_to_many
        }
        if isinstance(self.model._meta.pk, models.UUIDField):
            more = [row[name] for name in self.apart if row.get(name)]
            natural = "/".join([*(row[name] for name in self.key), *more])
            values.setdefault("id", stable_id(self.model, natural))
        return self.model(**values), many

    def insert(self, rows, keys):
        """Insert all rows at once, with their many-to-many relations."""
        built = [self.build(row, keys) for row in rows]
        objects = [made for made, _many in built]
        self._create(objects)
        for name in {name for _made, many in built for name in many}:
            self._link(name, [(made, many[name]) for made, many in built])
        keys.forget(self.model)
        return objects

    def _create(self, objects):
        """Insert objects, with the first line of their history where there is one."""
        if hasattr(self.model, "history"):
            bulk_create_with_history(objects, self.model, batch_size=BATCH)
        else:
            self.model._base_manager.bulk_create(objects, batch_size=BATCH)

    def _link(self, name, pairs):
        field = self.fields[name]
        through = field.remote_field.through
        ours, theirs = field.m2m_column_name(), field.m2m_reverse_name()
        through._base_manager.bulk_create(
            [
                through(**{ours: made.pk, theirs: other})
                for made, others in pairs
                for other in others
            ],
            batch_size=BATCH,
        )

    def upsert(self, rows, keys):
        """Write the rows that are new or differ; return (added, changed)."""
        existing = {
            tuple(getattr(each, self.fields[name].attname) for name in self.key): each
            for each in self.model._base_manager.all()
        }
        added, changed = [], 0
        for row in rows:
            values = self.values(row, keys)
            stored = existing.get(
                tuple(values[self.fields[n].attname] for n in self.key)
            )
            if stored is None:
                added.append(row)
            else:
                changed += self._bring_up_to_date(stored, values)
        if added:
            self.insert(added, keys)
        return len(added), changed

    def _bring_up_to_date(self, row, values):
        touched = False
        for name, value in values.items():
            field = self.fields.get(name)
            if field is not None and field.many_to_many:
                if set(getattr(row, name).values_list("pk", flat=True)) != set(value):
                    getattr(row, name).set(value)
                    touched = True
            elif getattr(row, name) != value:
                setattr(row, name, value)
                touched = True
        if touched:
            row.save()
        return touched


def split(text):
    """Return the parts of a cell with several values."""
    return [part for part in text.split("|") if part]


def truth(text):
    """Return whether a cell says yes."""
    return {"yes": True, "no": False}[text]


READERS = {
    models.BooleanField: truth,
    models.DateField: date.fromisoformat,
    models.DateTimeField: datetime.fromisoformat,
    models.DecimalField: Decimal,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
}
