"""Kinds of events: the closed list, with where the thing that each names is read."""

from django.utils.translation import override
from rest_framework import serializers

from programs.event_kinds import OBJECT_TYPES, EventKind, object_type_of

from .base import Text

LANGUAGES = ("en", "id")


class KindOfEventSerializer(serializers.Serializer):
    """A kind of event: what happened, to what, and where that is read."""

    kind = serializers.ChoiceField(EventKind.choices)
    text = Text()
    object_type = serializers.ChoiceField(OBJECT_TYPES)
    resource = serializers.CharField(
        help_text="The path below /api/v1/ where `object_id` is read: `placements/`."
    )


def row_of(kind):
    """Return a kind of event as partners read it."""
    thing = object_type_of(kind)
    resource = {"application": "nomination"}.get(thing, thing)
    return {
        "kind": str(kind),
        "text": {language: _label(kind, language) for language in LANGUAGES},
        "object_type": thing,
        "resource": f"{resource}s/",
    }


def _label(kind, language):
    with override(language):
        return str(kind.label)
