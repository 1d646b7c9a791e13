"""Pieces that several resources share."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.pointers import escaped
from programs.models import Application, Slot

SLOT_IN_PLANS = (
    "The slot as plans name it: its code, or HOST/CODE where a slot of another host "
    "had the code first."
)


class Body(serializers.Serializer):
    """Base of everything that is sent: a field that is not known is refused.

    What is silently ignored, a caller believes to have said."""

    default_error_messages = {
        "unknown_field": _("There is no such field here. Known: {known}."),
    }

    def to_internal_value(self, data):
        """Return the checked values, or all that is wrong, what is unknown as well."""
        unknown = self._unknown(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **unknown}) from error
        if unknown:
            raise serializers.ValidationError(unknown)
        return values

    def _unknown(self, data):
        names = [name for name, field in self.fields.items() if not field.read_only]
        text = self.error_messages["unknown_field"]
        detail = serializers.ErrorDetail(
            text.format(known=", ".join(names) or "-"), "unknown_field"
        )
        return {escaped(name): [detail] for name in data if name not in names}


def blanked(data, **instead):
    """Return a row with other values in these fields, as far as it has them."""
    return {name: instead.get(name, value) for name, value in data.items()}


class Nothing(Body):
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


class ChoiceOrNull(serializers.ChoiceField):
    """A word of a closed list; null where the column is still empty."""

    def __init__(self, choices, **kwargs):
        super().__init__(choices, allow_null=True, read_only=True, **kwargs)

    def to_representation(self, value):
        return value or None


class LookedUp(serializers.PrimaryKeyRelatedField):
    """A row by its key; in a list of many it was looked up with those of all rows."""

    def to_internal_value(self, data):
        """Return the row, or refuse what is none."""
        known = self.context.get("known")
        if known is None:
            return super().to_internal_value(data)
        if not isinstance(data, str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        row = known.get(self.get_queryset().model, data)
        return row or self.fail("does_not_exist", pk_value=data)


class RowKey(serializers.CharField):
    """What its sender knows a row of a list by."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            max_length=100,
            help_text="A row that was taken under this key is not done again.",
            **kwargs,
        )


@extend_schema_field(OpenApiTypes.UUID)
class VisibleRow(LookedUp):
    """A row by its id, among those the caller may see; no others exist for it."""

    model = None
    default_error_messages = {
        "does_not_exist": _("Nothing with this id is known to you."),
        "incorrect_type": _("Send an id as text."),
    }

    def get_queryset(self):
        return self.model.objects.visible_to(self.context["request"].user)


class VisibleNomination(VisibleRow):
    """A nomination the caller knows."""

    model = Application


class VisibleSlot(VisibleRow):
    """A slot the caller knows."""

    model = Slot
