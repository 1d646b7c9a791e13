"""Rows as they are answered, by readers that are made once for a serializer.

The library makes the fields of a serializer anew for each request and asks each, for
each row, where its value is. Here a class of serializers is read once, and what it does
is kept: a function a field. What fields mean is still the library's: a function
that is not known to give back what is in the row calls the field.
"""

from functools import cache
from operator import attrgetter

from django.core.exceptions import ObjectDoesNotExist
from rest_framework import serializers

AS_IT_IS = (
    serializers.CharField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.EmailField,
    serializers.SlugField,
    serializers.FloatField,
    serializers.URLField,
    serializers.ChoiceField,
)
"""Fields that answer what their column holds, in which it has that type already."""


class Rows:
    """Base of what is answered, before the library's serializer among the bases.

    ``chosen`` are the fields that are asked for, or None for all.
    """

    chosen = None

    def to_representation(self, row):
        """Return the fields of a row that are asked for."""
        if self.chosen is None:
            return {name: read(self, row) for name, read in readers_of(type(self))}
        return {
            name: read(self, row)
            for name, read in readers_of(type(self))
            if name in self.chosen
        }


@cache
def readers_of(kind):
    """Return (name, function of serializer and row) for each field of a class."""
    fields = kind()._readable_fields
    return tuple((field.field_name, _reader(field)) for field in fields)


def _reader(field):
    if isinstance(field, serializers.SerializerMethodField):
        name = field.method_name
        return lambda own, row: getattr(own, name)(row)
    if field.source == "*":
        return lambda own, row: field.to_representation(row)
    if isinstance(field, serializers.ManyRelatedField):
        return lambda own, row: field.to_representation(field.get_attribute(row))
    value = _value(field)
    say = _say(field)
    if say is None:
        return lambda own, row: value(row)
    return lambda own, row: None if (found := value(row)) is None else say(found)


def _value(field):
    """Return a function of a row that finds a field's value; nothing behind nothing."""
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        column = field.parent.Meta.model._meta.get_field(field.source)
        return attrgetter(column.attname)
    if "." not in field.source:
        return attrgetter(field.source)
    parts = [attrgetter(part) for part in field.source.split(".")]

    def follow(row):
        try:
            for part in parts:
                if row is None:
                    return None
                row = part(row)
        except ObjectDoesNotExist:  # the other side of a one-to-one
            return None
        return row

    return follow


def _say(field):
    """Return what a field makes of its value, or None where that is the value."""
    if type(field) in AS_IT_IS or isinstance(field, serializers.PrimaryKeyRelatedField):
        return None
    if isinstance(field, serializers.ListSerializer):
        return _lines(field.child)
    return field.to_representation


def _lines(child):
    """Return a function that answers the rows of a related manager, or of a list."""

    def say(rows):
        rows = rows.all() if hasattr(rows, "all") else rows
        return [child.to_representation(row) for row in rows]

    return say
