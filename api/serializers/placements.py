"""Placements: what was decided, and what happened since."""

from rest_framework import serializers

from programs.models import (
    FundingLine,
    Participant,
    Placement,
    PlacementEvent,
    SkillAchieved,
)

from .base import Body
from .skills import SkillByCode


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
    """A person's stay in a slot."""

    nomination = serializers.UUIDField(source="application_id")
    participant = PersonReference(source="application.participant")
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

    lines = WriteTranscriptLine(many=True)
