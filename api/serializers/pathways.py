"""Pathways: chains of slots that are asked for as one."""

from rest_framework import serializers

from programs.models import Pathway, PathwayStep

from .base import Bilingual
from .rows import Rows


class StepSerializer(Rows, serializers.ModelSerializer):
    """One slot of the chain, counted from 1."""

    class Meta:
        model = PathwayStep
        fields = ["position", "slot"]


class PathwaySerializer(Rows, serializers.ModelSerializer):
    """A chain of slots; whoever asks for it gets all of its steps or none."""

    title = Bilingual()
    steps = StepSerializer(many=True)

    class Meta:
        model = Pathway
        fields = ["id", "code", "intake", "title", "steps"]
