"""Placements: what was decided, and what happened since."""

from rest_framework import serializers

from programs.choices import HOSTED_PLACEMENT_STATES, PlacementState
from programs.models import (
    FundingLine,
    Participant,
    Placement,
    PlacementEvent,
    SkillAchieved,
)

from .base import Body
from .skills import SkillByCode

REASON_IS_THE_HOSTS = (*HOSTED_PLACEMENT_STATES, PlacementState.REJECTED)
"""States whose reasons the host gave itself, or needs for the stay."""


class PersonReference(serializers.ModelSerializer):
    """A placed person as sender and host know them."""

    class Meta:
        model = Participant
        fields = ["id", "given_name", "family_name", "birth_date", "sex", "email"]


class PlacementEventSerializer(serializers.ModelSerializer):
    """One step in the life of a placement."""

    class Meta:
        model = PlacementEvent
        fields = ["from_state", "to_state", "at", "reason"]


class FundingLineSerializer(serializers.ModelSerializer):
    """Who pays how much of which category, in IDR."""

    source = serializers.CharField(source="source.code")

    class Meta:
        model = FundingLine
        fields = ["category", "source", "fiscal_year", "amount"]


class PlacementSerializer(serializers.ModelSerializer):
    """A person's stay in a slot.

    A host reads who it is once the place is accepted, and reasons where they concern
    it; the home institution reads no reasons.
    """

    nomination = serializers.UUIDField(source="application_id")
    participant = PersonReference(
        source="application.participant",
        allow_null=True,
        help_text="Null where the person is not, or no longer, the reader's to know.",
    )
    events = PlacementEventSerializer(many=True)
    funding = FundingLineSerializer(source="funding_lines", many=True)

    class Meta:
        model = Placement
        fields = [
            "id",
            "nomination",
            "participant",
            "slot",
            "state",
            "version",
            "offered_at",
            "expires_at",
            "reason",
            "funding",
            "events",
        ]

    def to_representation(self, row):
        """Return the placement, as much of it as concerns the reader."""
        data = super().to_representation(row)
        reader, application = self.context["view"].reader, row.application
        if reader.is_of_sender(sender=application.nominated_by_id, owner=row.owner):
            return data
        hosts = row.slot.host_id in reader.own
        is_home = application.participant.home_institution_id in reader.own
        if not (is_home or (hosts and row.state in HOSTED_PLACEMENT_STATES)):
            data["participant"] = None
        if not (hosts and row.state in REASON_IS_THE_HOSTS):
            data["reason"] = ""
            data["events"] = [{**event, "reason": ""} for event in data["events"]]
        return data


class Move(Body):
    """A step of the placement, with a reason where there is one."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class TranscriptLine(serializers.ModelSerializer):
    """A skill achieved, with its level and evidence."""

    framework = serializers.CharField(source="skill.framework")
    code = serializers.CharField(source="skill.code")

    class Meta:
        model = SkillAchieved
        fields = ["framework", "code", "level", "evidence"]


class WriteTranscriptLine(SkillByCode):
    """A skill achieved, as the host states it."""

    level = serializers.IntegerField(min_value=0, max_value=4)
    evidence = serializers.CharField(max_length=300)


class WriteTranscript(Body):
    """The whole transcript; it replaces the one before."""

    lines = WriteTranscriptLine(many=True, max_length=100)
