"""Webhook endpoints: where an institution hears of its events."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.models import WebhookEndpoint
from programs.event_kinds import EventKind


class WebhookEndpointSerializer(serializers.ModelSerializer):
    """An endpoint, and how its deliveries go."""

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

    class Meta(WebhookEndpointSerializer.Meta):
        fields = [*WebhookEndpointSerializer.Meta.fields, "secret"]


class WriteEndpoint(serializers.Serializer):
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
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise serializers.ValidationError(_("Leave user and password out."))
        if parts.scheme != "https" and not settings.WEBHOOKS_ANYWHERE:
            raise serializers.ValidationError(_("Only https is called."))
        return url


class ChangeEndpoint(WriteEndpoint):
    """Another address or other kinds, or a pause."""

    is_active = serializers.BooleanField(required=False)
