"""Parameters of nominations and host ratings."""

from django_filters import rest_framework as filters

from programs.models import Application, HostRating


class NominationFilter(filters.FilterSet):
    """By person, intake and state."""

    participant = filters.UUIDFilter()
    intake = filters.UUIDFilter()

    class Meta:
        model = Application
        fields = ["participant", "intake", "state"]


class HostRatingFilter(filters.FilterSet):
    """By slot and nomination."""

    slot = filters.UUIDFilter()
    nomination = filters.UUIDFilter(field_name="application")

    class Meta:
        model = HostRating
        fields = ["slot", "nomination", "is_veto"]
