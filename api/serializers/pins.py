"""Pins of single people, as officers read and write them."""

from rest_framework import serializers

from programs.choices import PinKind
from programs.models import Pathway, Pin

from .base import Body, VisibleNomination, VisibleRow, VisibleSlot
from .rows import Rows


class VisiblePathway(VisibleRow):
    """A pathway the caller knows."""

    model = Pathway


class PinSerializer(Rows, serializers.ModelSerializer):
    """A binding word on one person and one slot or pathway, with its reason."""

    nomination = serializers.UUIDField(source="application_id")

    class Meta:
        model = Pin
        fields = ["id", "nomination", "slot", "pathway", "kind", "reason", "until"]


class WritePin(Body):
    """A word on one person and one slot or pathway."""

    nomination = VisibleNomination()
    slot = VisibleSlot(required=False, allow_null=True)
    pathway = VisiblePathway(required=False, allow_null=True)
    kind = serializers.ChoiceField(PinKind.choices)
    reason = serializers.CharField(max_length=2000)
    until = serializers.DateField(required=False, allow_null=True)
