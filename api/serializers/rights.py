"""Requests of people about their data, and their consents."""

from rest_framework import serializers

from programs.choices import RightsOutcome
from programs.models import Consent, RightsRequest

from .base import Body, VisibleNomination
from .nominations import VisiblePerson
from .rows import Rows


class RightsRequestSerializer(Rows, serializers.ModelSerializer):
    """What a person asked for, until when an answer is due, and what was answered."""

    nomination = serializers.PrimaryKeyRelatedField(
        source="application", read_only=True, allow_null=True
    )

    class Meta:
        model = RightsRequest
        fields = [
            "id",
            "participant",
            "kind",
            "nomination",
            "words",
            "received_at",
            "due_at",
            "outcome",
            "answer",
            "answered_at",
        ]


class WriteRightsRequest(Body, serializers.ModelSerializer):
    """A request as it is sent; an objection names the nomination it is about."""

    participant = VisiblePerson()
    nomination = VisibleNomination(
        source="application", required=False, allow_null=True, default=None
    )
    words = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=5_000
    )

    class Meta:
        model = RightsRequest
        fields = ["participant", "kind", "nomination", "words"]


class WriteAnswer(Body):
    """What a human answered, in words that the person reads."""

    outcome = serializers.ChoiceField(RightsOutcome.choices)
    words = serializers.CharField(max_length=5_000)


class WriteReason(Body):
    """What for; kept in the audit trail under the person's key."""

    reason = serializers.CharField(max_length=200)


class ConsentSerializer(Rows, serializers.ModelSerializer):
    """A consent, with its evidence; withdrawn or in force."""

    class Meta:
        model = Consent
        fields = [
            "id",
            "participant",
            "purpose",
            "country",
            "given_on",
            "evidence",
            "recorded_at",
            "withdrawn_at",
        ]


class WriteConsent(Body, serializers.ModelSerializer):
    """A consent as it is sent; one to a transfer names the country."""

    participant = VisiblePerson()
    evidence = serializers.CharField(max_length=1_000)

    class Meta:
        model = Consent
        fields = ["participant", "purpose", "country", "given_on", "evidence"]


class WithdrawnConsent(serializers.Serializer):
    """A consent that was withdrawn, and what follows, in the reader's language."""

    consent = ConsentSerializer()
    consequences = serializers.ListField(child=serializers.CharField())
