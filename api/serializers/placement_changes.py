"""Changes of stays: proposed by one side, answered by the other."""

from rest_framework import serializers

from programs.choices import ChangeSide
from programs.models import PlacementChange

from .base import Body, VisibleSlot
from .rows import Rows
from .shown import Shown

SIDES = [ChangeSide.SENDER, ChangeSide.HOST]


class PlacementChangeSerializer(Rows, serializers.ModelSerializer):
    """Other days of a stay, or another slot, and who has agreed.

    ``ends_on`` is the first day after the stay, as of slots. ``old_...`` is what the
    stay was when the change was proposed.
    """

    waits_for = Shown(
        serializers.ListField(child=serializers.ChoiceField(SIDES)),
        lambda change: [str(side) for side in change.waits_for],
    )

    class Meta:
        model = PlacementChange
        fields = [
            "id",
            "placement",
            "state",
            "slot",
            "starts_on",
            "ends_on",
            "old_slot",
            "old_starts_on",
            "old_ends_on",
            "reason",
            "side",
            "waits_for",
            "proposed_at",
            "answer_by",
            "sender_agreed_at",
            "host_agreed_at",
            "ended_at",
            "answer",
        ]


class WriteChange(Body):
    """How a stay is to be; what is left out stays, or is as the new slot has it."""

    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(
        required=False, help_text="The first day after the stay."
    )
    slot = VisibleSlot(
        required=False, help_text="Another slot of the same host in the same intake."
    )
    reason = serializers.CharField(
        max_length=2000, help_text="Why; the other side reads it."
    )


class RefuseChange(Body):
    """Why a side does not agree; the other one reads it."""

    reason = serializers.CharField(max_length=2000)
