"""Seasons of the sandbox, to walk through in an afternoon."""

from rest_framework import serializers

from programs.models import Intake

from .rows import Rows
from .shown import Shown


class SeasonSerializer(Rows, serializers.ModelSerializer):
    """An intake of the sandbox with its slots; its people's codes begin with its own.

    It opens, closes and begins on the day on which it was asked for, so every step of
    a stay may happen on that day.
    """

    slots = Shown(
        serializers.ListField(child=serializers.UUIDField()),
        lambda row: [str(slot.pk) for slot in row.slots.all()],
    )

    class Meta:
        model = Intake
        fields = [
            "id",
            "code",
            "program",
            "state",
            "opens_on",
            "closes_on",
            "starts_on",
            "ends_on",
            "slots",
        ]


class SteppedSeason(serializers.Serializer):
    """A season after a step, and which of the caller's placements it brought on."""

    season = SeasonSerializer()
    placements = serializers.ListField(child=serializers.UUIDField())
