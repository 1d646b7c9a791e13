"""Parameters of pins."""

from django_filters import rest_framework as filters

from programs.models import Pin


class PinFilter(filters.FilterSet):
    """By person, place and direction."""

    nomination = filters.UUIDFilter(field_name="application")

    class Meta:
        model = Pin
        fields = ["nomination", "slot", "pathway", "kind"]
