"""Events: ids only; whoever wants to know more reads the thing itself."""

from rest_framework import serializers

from programs.event_kinds import OBJECT_TYPES, EventKind
from programs.models import Event

from .rows import Rows


class EventSerializer(Rows, serializers.ModelSerializer):
    """Something happened to something."""

    kind = serializers.ChoiceField(EventKind.choices)
    object_type = serializers.ChoiceField(OBJECT_TYPES)

    class Meta:
        model = Event
        fields = ["sequence", "kind", "object_type", "object_id", "at"]
