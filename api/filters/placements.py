"""Parameters of placements."""

from django_filters import rest_framework as filters

from programs.models import Placement


class PlacementFilter(filters.FilterSet):
    """By slot, nomination, intake, state, and whether they wait for something."""

    slot = filters.UUIDFilter()
    nomination = filters.UUIDFilter(field_name="application")
    intake = filters.UUIDFilter(field_name="slot__intake")
    conditional = filters.BooleanFilter(method="that_wait")

    class Meta:
        model = Placement
        fields = ["slot", "nomination", "intake", "state"]

    def that_wait(self, rows, _name, value):
        """Return places that wait for something to be met, or those that do not."""
        waiting = Placement.objects.conditional().values("pk")
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)
