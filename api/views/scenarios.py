"""Scenarios, for planners' own systems."""

from api.filters.scenarios import ScenarioFilter
from api.serializers.scenarios import ScenarioSerializer
from planner.models import Scenario
from programs.roles import Permission

from .base import ReadOnly

READERS = [Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS]


class ScenarioViewSet(ReadOnly):
    """What-ifs that people made and named; a run may be asked for with one."""

    queryset = Scenario.objects.what_ifs()
    loads = {"intakes": ["intakes"]}
    ordered_by = ("created_at",)
    searched_in = ("name", "description")
    serializer_class = ScenarioSerializer
    filterset_class = ScenarioFilter
    needs = {"list": READERS, "retrieve": READERS}
