"""Slots."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from api import changes
from api.filters import slots as filters
from api.lines import Lines
from api.serializers import slots as serializers
from api.serializers.candidates import CandidateSerializer
from api.serializers.institutions import InstitutionReference
from api.serializers.participants import LANGUAGES, SKILLS
from programs import clock
from programs.domain import slot_checks, slots
from programs.models import CostRule, ResourceUse, SkillRequirement, Slot
from programs.roles import Permission

from .base import READ, List, Resource, Retrieve

REQUIREMENTS = Lines(
    "requirement_lines",
    SkillRequirement,
    "slot",
    ("skill__framework", "skill__code", "kind", "level"),
    order=("kind", "skill__framework", "skill__code"),
)
RESOURCES = Lines(
    "resource_lines",
    ResourceUse,
    "slot",
    ("resource__code", "amount", "used_by"),
    order=("resource__code",),
)
COLUMNS = {field.name for field in Slot._meta.concrete_fields}
SHOWN = (
    *(name for name in serializers.SlotSerializer.Meta.fields if name in COLUMNS),
    *("role_title_en", "role_title_id", "agreement__code"),
    *("route__code", "route__lead_time_days"),
    *(f"host__{name}" for name in InstitutionReference.Meta.fields),
    "intake__program",
)
"""What is read of a slot that is only shown: not all of its intake and program."""
COSTS = ("category_id", "formula", "amount", "currency", "origin_id", "condition")
OWN_COSTS = Lines("own_costs", CostRule, "slot", COSTS)
SHARED_COSTS = Lines(
    "shared_costs", CostRule, "program", COSTS, key="intake.program_id"
)


class SlotViewSet(Retrieve, List, Resource):
    """Open slots, and the caller's own, which it may propose and change."""

    queryset = Slot.objects.select_related(
        "host", "route", "agreement", "intake__program"
    )
    loads = {
        "requirements": [REQUIREMENTS],
        "resources": [RESOURCES],
        "costs": [OWN_COSTS, SHARED_COSTS],
    }
    columns = SHOWN
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
    paged = frozenset({"list", "candidates"})
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
    @action(detail=True, filterset_class=None)
    def candidates(self, request, pk):
        """People who ranked an own slot, without their names, for rating."""
        slot = slot_checks.require_host(slot=self.get_object(), by=request.user)
        rows = slots.candidates(slot=slot).prefetch_related(None)
        page = self.paginate_queryset(rows)
        for lines in (SKILLS, LANGUAGES):
            lines.attach([row.participant for row in page])
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
