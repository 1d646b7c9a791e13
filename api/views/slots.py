"""Slots."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from api import changes
from api.filters import slots as filters
from api.serializers import slots as serializers
from api.serializers.candidates import CandidateSerializer
from programs import clock
from programs.domain import slot_checks, slots
from programs.models import Slot
from programs.roles import Permission

from .base import READ, List, Resource, Retrieve


class SlotViewSet(Retrieve, List, Resource):
    """Open slots, and the caller's own, which it may propose and change."""

    queryset = Slot.objects.select_related(
        "host", "route", "agreement", "intake__program"
    )
    loads = {
        "requirements": ["skill_requirements__skill"],
        "resources": ["resource_uses__resource"],
        "costs": ["cost_rules", "intake__program__cost_rules"],
    }
    ordered_by = ("code", "city", "starts_on", "ends_on")
    searched_in = ("code", "role_title_en", "role_title_id", "city", "host__name")
    changes = changes.SLOTS
    serializer_class = serializers.SlotSerializer
    write_serializers = {
        "create": serializers.SlotProposal,
        "partial_update": serializers.SlotChange,
        "candidates": CandidateSerializer,
    }
    filterset_class = filters.SlotFilter
    honours_if_match = frozenset({"partial_update"})
    needs = {
        **READ,
        "create": [Permission.RATE],
        "partial_update": [Permission.RATE],
        "candidates": [Permission.RATE],
    }

    @extend_schema(responses={201: serializers.SlotSerializer})
    def create(self, request):
        """Propose a slot of the own institution for an intake."""
        slot = slots.propose(by=request.user, now=clock.now(), **self.validated())
        return self.answer(slot, 201)

    @extend_schema(responses=serializers.SlotSerializer)
    def partial_update(self, request, pk):
        """Change an own slot until its intake closes."""
        slot = self.get_object()
        self.require_same(slot)
        data = self.validated(partial=True)
        slots.update(slot=slot, by=request.user, now=clock.now(), **data)
        return self.answer(slot)

    @extend_schema(responses=CandidateSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def candidates(self, request, pk):
        """People who ranked an own slot, without their names, for rating."""
        slot = slot_checks.require_host(slot=self.get_object(), by=request.user)
        rows = slots.candidates(slot=slot)
        return Response(CandidateSerializer(rows, many=True).data)
