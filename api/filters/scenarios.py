"""Parameters of scenarios."""

from django_filters import rest_framework as filters

from planner.models import Scenario


class ScenarioFilter(filters.FilterSet):
    """By intake."""

    intake = filters.UUIDFilter(field_name="intakes")

    class Meta:
        model = Scenario
        fields = ["intake"]
