"""Quotas, payers, fee waivers and pins of groups: as officers read and write them."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from programs.models import (
    CostCategory,
    FeeWaiver,
    FundingRule,
    FundingSource,
    GroupPin,
    ObjectiveProfile,
    ProfileCondition,
    Program,
    Quota,
    RegionList,
)

from .base import Bilingual, Body, VisibleRow, VisibleSlot
from .conditions import ConditionText, ConditionTree, one_condition
from .intakes import VisibleIntake
from .rows import Rows

MOST_LISTED = 100
"""Sources or categories in one row."""


class VisibleProgram(VisibleRow):
    """A program the caller knows."""

    model = Program


class ForWhom(Body):
    """What is written with a condition, as text or as its tree."""

    condition = ConditionText(required=False)
    condition_tree = ConditionTree(required=False, allow_null=True)

    def validate(self, attrs):
        """Take the condition in either form, and not in both."""
        return one_condition(super().validate(attrs))


@extend_schema_field(serializers.CharField())
class ListByCode(serializers.Field):
    """A region list as CODE:VERSION; the code alone where it has one version."""

    default_error_messages = {
        "unknown": _("There is no such region list; write CODE:VERSION.")
    }

    def to_representation(self, row):
        return row.full_code

    def to_internal_value(self, data):
        code, _colon, version = str(data).partition(":")
        rows = RegionList.objects.filter(code=code)
        rows = rows.filter(version=version) if version else rows
        found = list(rows[:2])
        if len(found) != 1:
            self.fail("unknown")
        return found[0]


def by_code(model):
    """Return the field of several rows that are named by their codes."""
    row = serializers.SlugRelatedField(slug_field="code", queryset=model.objects.all())
    return serializers.ListField(child=row, required=False, max_length=MOST_LISTED)


QUOTA = [
    "attribute",
    "region_list",
    "province",
    "sex",
    "institution",
    "institution_kind",
    "host_country",
    "condition",
    "condition_tree",
    "kind",
    "measure",
    "value",
    "base_part",
    "base_whole",
    "is_hard",
    "price",
]


class QuotaSerializer(Rows, serializers.ModelSerializer):
    """At least, at most or a target share of whom the attribute, or condition, says."""

    name = Bilingual()
    region_list = ListByCode(read_only=True, allow_null=True)
    condition_tree = ConditionTree(source="condition", read_only=True)

    class Meta:
        model = Quota
        fields = ["id", "code", "name", "program", "intake", *QUOTA]


class QuotaChange(ForWhom, serializers.ModelSerializer):
    """What may change of a quota; program and intake never do."""

    region_list = ListByCode(required=False, allow_null=True)
    base_part = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    base_whole = serializers.IntegerField(min_value=0, required=False, allow_null=True)

    class Meta:
        model = Quota
        fields = ["name_en", "name_id", *QUOTA]


class WriteQuota(QuotaChange):
    """A new quota of a program or of an intake."""

    program = VisibleProgram(required=False, allow_null=True)
    intake = VisibleIntake(required=False, allow_null=True)
    code = serializers.SlugField(max_length=50)

    class Meta(QuotaChange.Meta):
        fields = ["code", "program", "intake", *QuotaChange.Meta.fields]


class FundingRuleSerializer(Rows, serializers.ModelSerializer):
    """Who may pay which share of a category in a program, and for whom."""

    sources = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)
    condition_tree = ConditionTree(source="condition", read_only=True)

    class Meta:
        model = FundingRule
        fields = [
            "id",
            "program",
            "category",
            "percent",
            "host_pays",
            "sources",
            "condition",
            "condition_tree",
        ]


class FundingRuleChange(ForWhom, serializers.ModelSerializer):
    """What may change of a funding rule; its program never does."""

    sources = by_code(FundingSource)

    class Meta:
        model = FundingRule
        fields = FundingRuleSerializer.Meta.fields[2:]


class WriteFundingRule(FundingRuleChange):
    """A new funding rule of a program."""

    program = VisibleProgram()

    class Meta(FundingRuleChange.Meta):
        fields = ["program", *FundingRuleChange.Meta.fields]


class FeeWaiverSerializer(Rows, serializers.ModelSerializer):
    """Categories that a worker may never be charged, where, when and who."""

    categories = serializers.SlugRelatedField(
        slug_field="code", many=True, read_only=True
    )
    condition_tree = ConditionTree(source="condition", read_only=True)

    class Meta:
        model = FeeWaiver
        fields = [
            "id",
            "code",
            "destination",
            "sector",
            "valid_from",
            "valid_to",
            "categories",
            "legal_reference",
            "condition",
            "condition_tree",
            "basis",
            "source",
        ]


class WriteFeeWaiver(ForWhom, serializers.ModelSerializer):
    """A fee waiver as it is to be."""

    categories = by_code(CostCategory)
    code = serializers.SlugField(max_length=50)

    class Meta:
        model = FeeWaiver
        fields = FeeWaiverSerializer.Meta.fields[1:]


PLACE = ["program", "intake", "slot"]


class GroupPinSerializer(Rows, serializers.ModelSerializer):
    """A word that whoever meets a condition gets, or never gets, certain places."""

    name = Bilingual()
    condition_tree = ConditionTree(source="condition", read_only=True)

    class Meta:
        model = GroupPin
        fields = [
            "id",
            "code",
            "name",
            *PLACE,
            "kind",
            "condition",
            "condition_tree",
            "reason",
            "until",
        ]


class GroupPinChange(ForWhom, serializers.ModelSerializer):
    """What may change of a group's pin; the places it is about never do."""

    class Meta:
        model = GroupPin
        fields = [
            "name_en",
            "name_id",
            "kind",
            "condition",
            "condition_tree",
            "reason",
            "until",
        ]


class WriteGroupPin(GroupPinChange):
    """A new word about a group, at one slot, intake or program."""

    program = VisibleProgram(required=False, allow_null=True)
    intake = VisibleIntake(required=False, allow_null=True)
    slot = VisibleSlot(required=False, allow_null=True)
    code = serializers.SlugField(max_length=50)

    class Meta(GroupPinChange.Meta):
        fields = ["code", *PLACE, *GroupPinChange.Meta.fields]


class ProfileConditionSerializer(Rows, serializers.ModelSerializer):
    """A further condition of an objective profile, and the points for meeting it."""

    condition_tree = ConditionTree(source="condition", read_only=True)

    class Meta:
        model = ProfileCondition
        fields = ["id", "profile", "code", "condition", "condition_tree", "points"]


class ProfileConditionChange(ForWhom, serializers.ModelSerializer):
    """What may change of points for a condition; the profile never does."""

    class Meta:
        model = ProfileCondition
        fields = ["condition", "condition_tree", "points"]


class WriteProfileCondition(ProfileConditionChange):
    """New points for a condition."""

    code = serializers.SlugField(max_length=50)

    class Meta(ProfileConditionChange.Meta):
        fields = ["profile", "code", *ProfileConditionChange.Meta.fields]
        validators = []  # a code that is taken is the domain's to refuse


class ObjectiveProfileSerializer(Rows, serializers.ModelSerializer):
    """Named, versioned weights of what a place is worth, in points."""

    name = Bilingual()
    condition_tree = ConditionTree(source="condition", read_only=True)
    conditions = ProfileConditionSerializer(many=True)

    class Meta:
        model = ObjectiveProfile
        fields = [
            "id",
            "code",
            "version",
            "name",
            "placement_points",
            "priority_points",
            "merit_points",
            "skill_points",
            "preference_points",
            "host_points",
            "condition_points",
            "condition",
            "condition_tree",
            "conditions",
            "worst_preference",
            "is_tiered",
        ]
