"""What conditional places wait for."""

from rest_framework import serializers

from programs.models import PlaceCondition

from .base import Body, blanked
from .rows import Rows


class PlaceConditionSerializer(Rows, serializers.ModelSerializer):
    """Something that the person of a place has to meet, and what became of it.

    While one is ``open`` the place is conditional. What is confidential, and why a
    coordinator decided something, is told to the coordinators of the program alone:
    ``condition`` is null for others.
    """

    condition = serializers.CharField(
        allow_null=True,
        help_text="In the language of conditions; null where it is confidential.",
    )

    class Meta:
        model = PlaceCondition
        fields = [
            "id",
            "placement",
            "condition",
            "due_on",
            "state",
            "settled_at",
            "reason",
        ]

    def to_representation(self, row):
        """Return the condition, as much of it as concerns the reader."""
        data = super().to_representation(row)
        reader = self.context["view"].reader
        if reader.runs(row.owner):
            return data
        hidden = {"condition": None} if row.is_private else {}
        return blanked(data, reason="", **hidden)


class WaitsFor(Rows, serializers.ModelSerializer):
    """Something that a place waits for; null where it is confidential."""

    condition = serializers.CharField(allow_null=True)

    class Meta:
        model = PlaceCondition
        fields = ["id", "condition", "due_on", "state", "settled_at"]


class ExtendCondition(Body):
    """Until which day a place waits now, and why."""

    due_on = serializers.DateField(
        help_text="Later than before, to come, and before the stay begins."
    )
    reason = serializers.CharField(max_length=2000)


class WaiveCondition(Body):
    """Why a place waits for something no longer."""

    reason = serializers.CharField(max_length=2000)
