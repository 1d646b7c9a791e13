"""Parameters of requests of people, and of consents."""

from django_filters import rest_framework as filters

from programs.models import Consent, RightsRequest


class RightsRequestFilter(filters.FilterSet):
    """By person, kind, and whether it waits for an answer."""

    participant = filters.UUIDFilter()
    is_waiting = filters.BooleanFilter(field_name="answered_at", lookup_expr="isnull")

    class Meta:
        model = RightsRequest
        fields = ["participant", "kind", "is_waiting"]


class ConsentFilter(filters.FilterSet):
    """By person, purpose, and whether it is in force."""

    participant = filters.UUIDFilter()
    in_force = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull")

    class Meta:
        model = Consent
        fields = ["participant", "purpose", "in_force"]
