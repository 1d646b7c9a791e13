"""Parameters of allocation runs."""

from django_filters import rest_framework as filters

from planner.models import AllocationRun


class RunFilter(filters.FilterSet):
    """By intake, scenario and state."""

    intake = filters.UUIDFilter(field_name="intakes")
    scenario = filters.UUIDFilter()

    class Meta:
        model = AllocationRun
        fields = ["intake", "scenario", "state"]
