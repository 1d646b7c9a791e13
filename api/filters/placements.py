"""Parameters of placements."""

from django_filters import rest_framework as filters

from programs.models import Placement


class PlacementFilter(filters.FilterSet):
    """By slot, nomination, intake and state."""

    slot = filters.UUIDFilter()
    nomination = filters.UUIDFilter(field_name="application")
    intake = filters.UUIDFilter(field_name="slot__intake")

    class Meta:
        model = Placement
        fields = ["slot", "nomination", "intake", "state"]
