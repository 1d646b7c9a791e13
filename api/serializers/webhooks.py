"""Webhook endpoints: where an institution hears of its events."""

from rest_framework import serializers

from api.hooks.endpoints import require_address
from api.models import WebhookEndpoint
from programs.event_kinds import EventKind
from programs.refusals import Refusal

from .base import Body


class WebhookEndpointSerializer(serializers.ModelSerializer):
    """An endpoint, and how its deliveries go."""

    kinds = serializers.ListField(
        child=serializers.CharField(max_length=60),
        help_text="What was asked for; empty for every kind.",
    )

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id",
            "url",
            "kinds",
            "is_active",
            "delivered_to",
            "failures",
            "failing_since",
            "last_answer",
            "next_try_at",
            "created_at",
        ]


class SecretEndpointSerializer(WebhookEndpointSerializer):
    """An endpoint with the secret that signs its messages, shown this once."""

    secret = serializers.CharField(
        allow_null=True,
        help_text="Null in an answer that is repeated; rotate for a new one.",
    )

    class Meta(WebhookEndpointSerializer.Meta):
        fields = [*WebhookEndpointSerializer.Meta.fields, "secret"]


class WriteEndpoint(Body):
    """Where to send events, and which kinds; none named means all."""

    url = serializers.URLField(max_length=500)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(EventKind.choices),
        max_length=50,
        required=False,
        help_text="Such as placement.offered; empty for every kind.",
    )

    def validate_url(self, url):
        """Refuse what will never be called."""
        try:
            require_address(url)
        except Refusal as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        return url


class ChangeEndpoint(WriteEndpoint):
    """Another address or other kinds, or a pause."""

    is_active = serializers.BooleanField(required=False)
