"""Keys of the caller's institution: what they are for, never what they are."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api import networks
from api.closed_lists import MODES
from api.models import InstitutionKey, Scope
from programs import clock, sandbox

from .base import Body
from .rows import Rows

NETWORKS_HELP = "Networks it opens from, such as 203.0.113.0/24; empty: from anywhere."
MOST_HOURS = 7 * 24
LIVE, TESTING = MODES


def mode():
    """Return on which side we are."""
    return TESTING if sandbox.is_entered() else LIVE


class KeySerializer(Rows, serializers.ModelSerializer):
    """A key by the part of it that is no secret, and whether it opens anything."""

    key = serializers.CharField(
        source="prefix", help_text="The part of the key before the dot."
    )
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    allowed_networks = serializers.ListField(
        child=serializers.CharField(), help_text=NETWORKS_HELP
    )
    mode = serializers.SerializerMethodField(
        help_text="Test keys open the sandbox and nothing else, live keys never it."
    )
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry_date", allow_null=True)
    is_usable = serializers.SerializerMethodField(
        help_text="False once it was withdrawn or its time is over."
    )

    class Meta:
        model = InstitutionKey
        fields = [
            "key",
            "name",
            "mode",
            "scopes",
            "allowed_networks",
            "created_at",
            "expires_at",
            "rotated_at",
            "last_used_on",
            "is_usable",
        ]

    @extend_schema_field(serializers.ChoiceField(MODES))
    def get_mode(self, key):
        """Return on which side the key opens something."""
        return mode()

    def get_is_usable(self, key) -> bool:
        """Return whether the key still opens something."""
        return key.is_usable(now=clock.now())


class SecretKeySerializer(KeySerializer):
    """A key with its secret: what stands behind ``Api-Key``, shown this once."""

    secret = serializers.CharField(
        allow_null=True,
        help_text="Null in an answer that is repeated; withdraw the key and make one.",
    )

    class Meta(KeySerializer.Meta):
        fields = [*KeySerializer.Meta.fields, "secret"]


class WriteKey(Body):
    """A key for the own institution: no more than the caller's own may do."""

    name = serializers.CharField(
        max_length=50, help_text="What the key is for, such as the system that calls."
    )
    mode = serializers.ChoiceField(
        MODES,
        required=False,
        help_text="`test` makes one for the sandbox; left out: as the caller's own.",
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), min_length=1, max_length=3
    )
    expires_at = serializers.DateTimeField(
        required=False, help_text="90 days from now if left out; at most 366."
    )
    allowed_networks = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=networks.MOST,
        required=False,
        help_text=f"{NETWORKS_HELP} Left out: those of the caller's own key.",
    )

    def validate_allowed_networks(self, texts):
        """Refuse what is no network, and say which line."""
        wrong = {}
        for line, text in enumerate(texts):
            try:
                networks.parse([text])
            except ValidationError as error:
                wrong[line] = error.messages
        if wrong:
            raise serializers.ValidationError(wrong)
        return networks.parse(texts)


class RotateKey(Body):
    """How long the old key opens beside the new one."""

    overlap_hours = serializers.IntegerField(
        min_value=0,
        max_value=MOST_HOURS,
        required=False,
        help_text="A day if left out; 0 ends the old key at once.",
    )


__all__ = ["KeySerializer", "RotateKey", "SecretKeySerializer", "WriteKey"]
