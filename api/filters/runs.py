"""Parameters of allocation runs and events."""

from django_filters import rest_framework as filters

from planner.models import AllocationRun
from programs.models import Event


class RunFilter(filters.FilterSet):
    """By intake, scenario and state."""

    intake = filters.UUIDFilter(field_name="intakes")
    scenario = filters.UUIDFilter()

    class Meta:
        model = AllocationRun
        fields = ["intake", "scenario", "state"]


class EventFilter(filters.FilterSet):
    """After a number, and by kind."""

    after = filters.NumberFilter(
        field_name="sequence", lookup_expr="gt", min_value=0, max_value=2**63 - 1
    )

    class Meta:
        model = Event
        fields = ["after", "kind"]
