"""Parameters of events."""

from django import forms
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from programs.event_kinds import EventKind
from programs.models import Event


@extend_schema_field({"type": "integer", "minimum": 0})
class WholeNumber(filters.NumberFilter):
    """A number of an event; half a number is a mistake."""

    field_class = forms.IntegerField


class EventFilter(filters.FilterSet):
    """After a number, and by kind."""

    after = WholeNumber(
        field_name="sequence", lookup_expr="gt", min_value=0, max_value=2**63 - 1
    )
    kind = filters.ChoiceFilter(choices=EventKind.choices)

    class Meta:
        model = Event
        fields = ["after", "kind"]
