"""Pieces that several resources share."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class Nothing(serializers.Serializer):
    """A body without fields."""


class Money(serializers.Serializer):
    """An amount as text, so that no digit is lost, with its ISO 4217 code."""

    amount = serializers.DecimalField(max_digits=20, decimal_places=2)
    currency = serializers.CharField()


class Text(serializers.Serializer):
    """The same text in English and Bahasa Indonesia."""

    en = serializers.CharField()
    id = serializers.CharField()


@extend_schema_field(Text)
class Bilingual(serializers.Field):
    """``{"en": ..., "id": ...}`` from a pair of fields ``x_en`` and ``x_id``."""

    def __init__(self, **kwargs):
        kwargs["read_only"] = True
        kwargs["source"] = "*"
        super().__init__(**kwargs)

    def to_representation(self, row):
        name = self.field_name
        return {"en": getattr(row, f"{name}_en"), "id": getattr(row, f"{name}_id")}
