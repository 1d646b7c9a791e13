"""Pieces that several resources share."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class Nothing(serializers.Serializer):
    """A body without fields."""


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


@extend_schema_field(OpenApiTypes.UUID)
class VisibleRow(serializers.PrimaryKeyRelatedField):
    """A row by its id, among those the caller may see; no others exist for it."""

    model = None
    default_error_messages = {
        "does_not_exist": _("Nothing with this id is known to you."),
        "incorrect_type": _("Send an id as text."),
    }

    def get_queryset(self):
        return self.model.objects.visible_to(self.context["request"].user)
