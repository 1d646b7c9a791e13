"""Events: ids only; whoever wants to know more reads the thing itself."""

from rest_framework import serializers

from programs.models import Event


class EventSerializer(serializers.ModelSerializer):
    """Something happened to something."""

    class Meta:
        model = Event
        fields = ["sequence", "kind", "object_type", "object_id", "at"]
