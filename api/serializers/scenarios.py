"""Scenarios: what runs were asked to suppose."""

from rest_framework import serializers

from planner.models import Scenario

from .rows import Rows
from .shown import Shown


class ScenarioSerializer(Rows, serializers.ModelSerializer):
    """A named set of changes to the data of some intakes, on top of its parent's."""

    intakes = Shown(
        serializers.ListField(child=serializers.UUIDField()),
        lambda row: [str(intake.pk) for intake in row.intakes.all()],
    )
    changes = serializers.DictField(
        source="overrides",
        help_text="What is supposed to be different: a table of each kind of thing.",
    )

    class Meta:
        model = Scenario
        fields = [
            "id",
            "name",
            "description",
            "parent",
            "intakes",
            "changes",
            "created_at",
        ]
