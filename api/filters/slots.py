"""Parameters of slots."""

from django_filters import rest_framework as filters

from programs.models import Slot


class SlotFilter(filters.FilterSet):
    """By intake, host, country and state."""

    intake = filters.UUIDFilter()
    host = filters.UUIDFilter()

    class Meta:
        model = Slot
        fields = ["code", "intake", "host", "country", "state"]
