"""Pathways: chains of slots that are asked for as one."""

from rest_framework import serializers

from programs.models import Pathway, PathwayStep

from .base import Bilingual
from .rows import Rows


class StepSerializer(Rows, serializers.ModelSerializer):
    """One slot of the chain, counted from 1.

    Of 100 who begin it so many are expected to go on (``pass_percent``, as a person
    typed it); null: everybody. It is not asked of the last step.
    """

    class Meta:
        model = PathwayStep
        fields = ["position", "slot", "pass_percent"]


class PathwaySerializer(Rows, serializers.ModelSerializer):
    """A chain of slots; whoever asks for it gets all of its steps or none.

    Reaching the last step counts like placing so many people more (``arrival_worth``);
    null: as many as there are steps after the first.
    """

    title = Bilingual()
    steps = StepSerializer(many=True)

    class Meta:
        model = Pathway
        fields = ["id", "code", "intake", "title", "arrival_worth", "steps"]
