"""Intakes."""

from rest_framework import serializers

from programs.models import Intake

from .base import VisibleRow
from .rows import Rows


class IntakeSerializer(Rows, serializers.ModelSerializer):
    """One run of a program with its dates."""

    class Meta:
        model = Intake
        fields = [
            "id",
            "code",
            "program",
            "state",
            "opens_on",
            "closes_on",
            "decide_by",
            "starts_on",
            "ends_on",
            "max_choices",
        ]


class VisibleIntake(VisibleRow):
    """An intake the caller knows."""

    model = Intake
