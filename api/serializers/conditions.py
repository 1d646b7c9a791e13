"""Conditions: as one line of text, and as the tree that the text says."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from programs import conditions
from programs.conditions.tokens import LONGEST

TREE = {
    "type": "object",
    "additionalProperties": True,
    "description": (
        "The condition as a tree of all, any, not and comparisons, by the JSON Schema "
        "in the documentation (condition.schema.json); null where nothing is asked."
    ),
}


class ConditionText(serializers.CharField):
    """A condition in one line; empty for none."""

    def __init__(self, **kwargs):
        super().__init__(allow_blank=True, max_length=LONGEST, **kwargs)


@extend_schema_field(TREE)
class ConditionTree(serializers.Field):
    """A condition as JSON; inside it is the text that says the same."""

    def __init__(self, **kwargs):
        super().__init__(**{"allow_null": True} | kwargs)

    def to_representation(self, text):
        return conditions.to_json(conditions.read(text).node) if text else None

    def to_internal_value(self, data):
        try:
            return conditions.write(conditions.from_json(data).node)
        except conditions.Unreadable as error:
            raise serializers.ValidationError(error.message) from error


def one_condition(values):
    """Return values with the condition as text, whichever of both forms was sent.

    Raises
    ------
    ValidationError: both were, and they do not say the same.
    """
    if "condition_tree" not in values:
        return values
    tree = values.pop("condition_tree") or ""
    if values.setdefault("condition", tree) != tree:
        raise serializers.ValidationError(
            {"condition_tree": _("Send the condition as text or as a tree, not both.")}
        )
    return values
