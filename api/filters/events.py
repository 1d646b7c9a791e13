"""Parameters of events."""

from django_filters import rest_framework as filters

from programs.event_kinds import EventKind
from programs.models import Event


class EventFilter(filters.FilterSet):
    """After a number, and by kind."""

    after = filters.NumberFilter(
        field_name="sequence", lookup_expr="gt", min_value=0, max_value=2**63 - 1
    )
    kind = filters.ChoiceFilter(choices=EventKind.choices)

    class Meta:
        model = Event
        fields = ["after", "kind"]
