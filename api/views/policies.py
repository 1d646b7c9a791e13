"""Quotas, funding rules, fee waivers and pins of groups."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from api.filters import policies as filters
from api.serializers import policies as serializers
from programs import clock
from programs.domain import policies
from programs.models import (
    FeeWaiver,
    FundingRule,
    GroupPin,
    ObjectiveProfile,
    ProfileCondition,
    Quota,
)
from programs.roles import Permission

from .base import READERS, List, Nothing, ReadOnly, Resource, Retrieve

OFFICERS = [Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS]


def open_to(readers, keepers):
    """Return who reads rows of policy, and who writes them."""
    reading = {"list": readers, "retrieve": readers}
    return reading | dict.fromkeys(("create", "partial_update", "destroy"), keepers)


class Policies(Retrieve, List, Resource):
    """Rows of policy: read, added, changed and taken away one at a time."""

    lists: tuple = ()
    """Fields that hold several rows."""
    honours_if_match = frozenset({"partial_update"})

    def create_row(self):
        """Add a row, and answer it."""
        data = self.validated()
        lists = self._lists_in(data)
        row = self.queryset.model(**data)
        entries = [policies.Entry(row, lists=lists)]
        policies.add_many(entries=entries, by=self.request.user, now=clock.now())
        return self.answer(row, 201)

    def change_row(self):
        """Change the fields that were sent, and answer the row."""
        row = self.get_object()
        self.require_same(row)
        data = self.validated(partial=True)
        lists = self._lists_in(data)
        for name, value in data.items():
            setattr(row, name, value)
        entries = [policies.Entry(row, tuple(data), lists)]
        policies.change_many(entries=entries, by=self.request.user, now=clock.now())
        return self.answer(row)

    def remove_row(self):
        """Take the row away."""
        row = self.get_object()
        policies.remove(row=row, by=self.request.user, now=clock.now())
        return Response(status=204)

    def _lists_in(self, data):
        found = {name: data.pop(name) for name in self.lists if name in data}
        return {name: {row.pk for row in rows} for name, rows in found.items()}


class QuotaViewSet(Policies):
    """Quotas of the programs the caller sees; those of all programs are read by all."""

    queryset = Quota.objects.select_related("program", "intake__program", "region_list")
    ordered_by = ("code",)
    searched_in = ("code", "name_en", "name_id")
    serializer_class = serializers.QuotaSerializer
    write_serializers = {
        "create": serializers.WriteQuota,
        "partial_update": serializers.QuotaChange,
        "destroy": Nothing,
    }
    filterset_class = filters.QuotaFilter
    needs = open_to(OFFICERS, [Permission.MANAGE_PROGRAMS])

    @extend_schema(responses={201: serializers.QuotaSerializer})
    def create(self, request):
        """Add a quota to a program or an intake."""
        return self.create_row()

    @extend_schema(responses=serializers.QuotaSerializer)
    def partial_update(self, request, pk):
        """Change a quota; a share that is written leaves its base table."""
        return self.change_row()

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Take a quota away."""
        return self.remove_row()


class FundingRuleViewSet(Policies):
    """Who may pay which share of a category in the programs the caller sees."""

    queryset = FundingRule.objects.select_related("program")
    loads = {"sources": ["sources"]}
    lists = ("sources",)
    serializer_class = serializers.FundingRuleSerializer
    write_serializers = {
        "create": serializers.WriteFundingRule,
        "partial_update": serializers.FundingRuleChange,
        "destroy": Nothing,
    }
    filterset_class = filters.FundingRuleFilter
    needs = open_to(OFFICERS, [Permission.MANAGE_PROGRAMS, Permission.MANAGE_MONEY])

    @extend_schema(responses={201: serializers.FundingRuleSerializer})
    def create(self, request):
        """Add a payer's share; those that may hold for one person are 100% at most."""
        return self.create_row()

    @extend_schema(responses=serializers.FundingRuleSerializer)
    def partial_update(self, request, pk):
        """Change a payer's share, or for whom it is."""
        return self.change_row()

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Take a payer's share away."""
        return self.remove_row()


class GroupPinViewSet(Policies):
    """Words that bind plans for whoever meets a condition."""

    queryset = GroupPin.objects.select_related(
        "program", "intake__program", "slot__intake__program"
    )
    ordered_by = ("code",)
    searched_in = ("code", "name_en", "name_id")
    serializer_class = serializers.GroupPinSerializer
    write_serializers = {
        "create": serializers.WriteGroupPin,
        "partial_update": serializers.GroupPinChange,
        "destroy": Nothing,
    }
    filterset_class = filters.GroupPinFilter
    needs = open_to(OFFICERS, [Permission.MANAGE_PROGRAMS, Permission.PLAN])

    @extend_schema(responses={201: serializers.GroupPinSerializer})
    def create(self, request):
        """Pin a group to, or keep it out of, one slot, intake or program."""
        return self.create_row()

    @extend_schema(responses=serializers.GroupPinSerializer)
    def partial_update(self, request, pk):
        """Change whom a word is about, its direction, its reason or its last day."""
        return self.change_row()

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Take a word back: plans decide again."""
        return self.remove_row()


class FeeWaiverViewSet(Policies):
    """What workers may never be charged; everybody may look it up."""

    queryset = FeeWaiver.objects.all()
    loads = {"categories": ["categories"]}
    lists = ("categories",)
    ordered_by = ("code", "valid_from")
    searched_in = ("code", "legal_reference")
    serializer_class = serializers.FeeWaiverSerializer
    write_serializers = {
        "create": serializers.WriteFeeWaiver,
        "partial_update": serializers.WriteFeeWaiver,
        "destroy": Nothing,
    }
    filterset_class = filters.FeeWaiverFilter
    needs = open_to(READERS, [Permission.MANAGE_USERS])

    @extend_schema(responses={201: serializers.FeeWaiverSerializer})
    def create(self, request):
        """Add a waiver, with its legal reference."""
        return self.create_row()

    @extend_schema(responses=serializers.FeeWaiverSerializer)
    def partial_update(self, request, pk):
        """Change a waiver."""
        return self.change_row()

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Take a waiver away; places that cost something are judged without it."""
        return self.remove_row()


class ObjectiveProfileViewSet(ReadOnly):
    """What a place is worth, with everything that gives points."""

    queryset = ObjectiveProfile.objects.all()
    loads = {"conditions": ["conditions"]}
    ordered_by = ("code", "version")
    searched_in = ("code", "name_en", "name_id")
    serializer_class = serializers.ObjectiveProfileSerializer
    filterset_class = filters.ObjectiveProfileFilter
    needs = {"list": OFFICERS, "retrieve": OFFICERS}


class ProfileConditionViewSet(Policies):
    """Points for whoever meets a condition, beside the profile's first one."""

    queryset = ProfileCondition.objects.select_related("profile")
    ordered_by = ("code",)
    serializer_class = serializers.ProfileConditionSerializer
    write_serializers = {
        "create": serializers.WriteProfileCondition,
        "partial_update": serializers.ProfileConditionChange,
        "destroy": Nothing,
    }
    filterset_class = filters.ProfileConditionFilter
    needs = open_to(OFFICERS, [Permission.MANAGE_USERS])

    @extend_schema(responses={201: serializers.ProfileConditionSerializer})
    def create(self, request):
        """Give points for a further condition; nothing confidential: all see them."""
        return self.create_row()

    @extend_schema(responses=serializers.ProfileConditionSerializer)
    def partial_update(self, request, pk):
        """Change a condition or its points."""
        return self.change_row()

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Give no points for a condition any more."""
        return self.remove_row()
