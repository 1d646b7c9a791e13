"""Who is calling: the institution, what the key allows, and until when."""

from rest_framework import serializers

from api.closed_lists import MODES
from api.models import Scope

from .institutions import InstitutionReference


class LimitSerializer(serializers.Serializer):
    """How many requests are let through in so many seconds, and how many are left."""

    name = serializers.ChoiceField(["read", "write"])
    requests = serializers.IntegerField(min_value=1)
    seconds = serializers.IntegerField(min_value=1)
    left = serializers.IntegerField(min_value=0)


class MeSerializer(serializers.Serializer):
    """The caller. What belongs to keys is null for people signed in to the desk."""

    institution = InstitutionReference(
        allow_null=True, help_text="Null for people of none or of several."
    )
    key = serializers.CharField(
        allow_null=True, help_text="The part of the key before the dot; no secret."
    )
    mode = serializers.ChoiceField(
        MODES, help_text="`test`: everything here is the sandbox."
    )
    name = serializers.CharField(allow_null=True, help_text="What the key is for.")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="From then on the key opens nothing; null: never."
    )
    allowed_networks = serializers.ListField(
        child=serializers.CharField(),
        help_text="Networks the key opens from; empty: from anywhere.",
    )
    limits = LimitSerializer(many=True)
