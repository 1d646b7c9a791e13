"""Conditions of places: read by both sides, decided by the program's coordinators."""

from django.db.models import F
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from api.filters.place_conditions import PlaceConditionFilter
from api.serializers import place_conditions as serializers
from programs import clock
from programs.domain import place_conditions
from programs.models import PlaceCondition
from programs.roles import Permission

from .base import READ, ReadOnly

DECIDERS = [Permission.MANAGE_PROGRAMS]
WITH_OWNER = PlaceCondition.objects.with_privacy().annotate(
    owner=F("placement__slot__intake__program__owner")
)
"""Conditions with whether they are confidential, and whose program it is."""


class PlaceConditionViewSet(ReadOnly):
    """What conditional places wait for, until which day, and what became of it."""

    queryset = WITH_OWNER.select_related(
        "placement__application__participant", "placement__slot__intake__program"
    ).defer(
        "placement__application__participant__nik",
        "placement__application__participant__passport",
        "placement__application__participant__disability",
    )
    serializer_class = serializers.PlaceConditionSerializer
    filterset_class = PlaceConditionFilter
    ordered_by = ("due_on",)
    write_serializers = {
        "extend": serializers.ExtendCondition,
        "waive": serializers.WaiveCondition,
    }
    honours_if_match = frozenset({"extend", "waive"})
    needs = {**READ, "extend": DECIDERS, "waive": DECIDERS}

    def get_queryset(self):
        """Conditions of all placements that events tell the reader of."""
        return self.unrestricted().told_to(self.request.user)

    @extend_schema(responses=serializers.PlaceConditionSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request, pk):
        """Give more time, as a coordinator of the program."""
        return self._decide(place_conditions.extend)

    @extend_schema(responses=serializers.PlaceConditionSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request, pk):
        """Ask for it no longer, as a coordinator of the program."""
        return self._decide(place_conditions.waive)

    def _decide(self, verb):
        row = self.get_object()
        self.require_same(row)
        verb(condition=row, by=self.request.user, now=clock.now(), **self.validated())
        return self.answer(row)
