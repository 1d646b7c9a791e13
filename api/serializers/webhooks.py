"""Webhook endpoints: where an institution hears of its events."""

from rest_framework import serializers

from api.hooks.endpoints import require_address
from api.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from programs.event_kinds import EventKind
from programs.refusals import Refusal

from .base import Body
from .rows import Rows
from .shown import Shown


class WebhookEndpointSerializer(Rows, serializers.ModelSerializer):
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


class ReplayEvents(Body):
    """From where on events are sent again."""

    after = serializers.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        help_text="The number of the last event that is not sent again; 0 for all.",
    )


def _next_attempt(delivery):
    """Return when the message is tried again, as other moments are answered."""
    moment = delivery.endpoint.next_try_at
    if delivery.state != DeliveryState.RETRYING or moment is None:
        return None
    return serializers.DateTimeField().to_representation(moment)


class DeliverySerializer(Rows, serializers.ModelSerializer):
    """A message to an endpoint, and how it went. What it said is not kept."""

    webhook_id = serializers.CharField(
        source="message_id", help_text="As in the header `webhook-id`, at each attempt."
    )
    kind = serializers.CharField(help_text="The kind of event, or `ping`.")
    sequence = serializers.IntegerField(
        source="event_id", allow_null=True, help_text="The event's number, if any."
    )
    response_code = serializers.IntegerField(
        allow_null=True, help_text="What you answered last; null: nothing."
    )
    error = serializers.CharField(help_text="What went wrong; empty if nothing did.")
    next_attempt_at = Shown(
        serializers.DateTimeField(allow_null=True),
        _next_attempt,
    )

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "endpoint",
            "webhook_id",
            "kind",
            "sequence",
            "state",
            "attempts",
            "response_code",
            "error",
            "created_at",
            "tried_at",
            "next_attempt_at",
        ]
