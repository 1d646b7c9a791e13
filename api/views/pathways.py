"""Pathways."""

from django.db.models import Prefetch

from api.filters.pathways import PathwayFilter
from api.serializers.pathways import PathwaySerializer
from programs.models import Pathway, PathwayStep

from .base import READ, ReadOnly

STEPS = Prefetch("steps", PathwayStep.objects.order_by("position"))


class PathwayViewSet(ReadOnly):
    """Chains of slots that may be ranked like a slot, in intakes that left draft."""

    queryset = Pathway.objects.all()
    loads = {"steps": [STEPS]}
    ordered_by = ("code",)
    searched_in = ("code", "title_en", "title_id")
    serializer_class = PathwaySerializer
    filterset_class = PathwayFilter
    needs = READ
