"""Parameters of intakes."""

from django_filters import rest_framework as filters

from programs.models import Intake


class IntakeFilter(filters.FilterSet):
    """By program and state."""

    program = filters.UUIDFilter()

    class Meta:
        model = Intake
        fields = ["code", "program", "state"]
