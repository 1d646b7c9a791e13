"""Parameters of changes of stays."""

from django_filters import rest_framework as filters

from programs.models import PlacementChange


class PlacementChangeFilter(filters.FilterSet):
    """By placement and state."""

    placement = filters.UUIDFilter()

    class Meta:
        model = PlacementChange
        fields = ["placement", "state"]
