"""A host's opinion of a candidate."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from programs.models import HostRating

from .base import Body, VisibleSlot
from .rows import Rows


class HostRatingSerializer(Rows, serializers.ModelSerializer):
    """A score from 0 to 100, or a veto with its reason."""

    nomination = serializers.UUIDField(source="application_id")

    class Meta:
        model = HostRating
        fields = ["id", "nomination", "slot", "score", "is_veto", "reason"]


class WriteHostRating(Body):
    """A score or a veto; sending another one replaces it."""

    nomination = serializers.UUIDField()
    slot = VisibleSlot()
    score = serializers.IntegerField(min_value=0, max_value=100, required=False)
    veto_reason = serializers.CharField(required=False, max_length=2000)

    def validate(self, data):
        if ("score" in data) == ("veto_reason" in data):
            raise serializers.ValidationError(
                {"score": _("Send either a score or a veto_reason.")}
            )
        return data
