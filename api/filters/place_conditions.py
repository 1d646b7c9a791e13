"""Parameters of conditions of places."""

from django_filters import rest_framework as filters

from programs.models import PlaceCondition


class PlaceConditionFilter(filters.FilterSet):
    """By placement, intake, state, and the day by which something is to be met."""

    placement = filters.UUIDFilter()
    intake = filters.UUIDFilter(field_name="placement__slot__intake")
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = PlaceCondition
        fields = ["placement", "state"]
