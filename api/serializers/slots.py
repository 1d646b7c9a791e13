"""Slots: as everybody reads them, and as their host writes them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from programs import costing
from programs.choices import Cefr, RequirementKind
from programs.models import CostRule, ResourceUse, SkillRequirement, Slot

from .base import Bilingual, Body
from .conditions import ConditionText, ConditionTree, one_condition
from .institutions import InstitutionReference
from .intakes import VisibleIntake
from .money import Money, money
from .rows import Rows
from .shown import Shown
from .skills import SkillByCode


class SkillRequirementSerializer(Rows, serializers.ModelSerializer):
    """A skill the slot requires, prefers or teaches."""

    framework = serializers.CharField(source="skill__framework")
    code = serializers.CharField(source="skill__code")

    class Meta:
        model = SkillRequirement
        fields = ["framework", "code", "kind", "level"]


class ResourceUseSerializer(Rows, serializers.ModelSerializer):
    """How much of a shared resource a slot uses: for each person, or once as a class
    that runs."""

    resource = serializers.CharField(source="resource__code")

    class Meta:
        model = ResourceUse
        fields = ["resource", "amount", "used_by"]


class CostSerializer(Rows, serializers.ModelSerializer):
    """What one category costs a person; ``origin`` rules come on top, and those with a
    ``condition`` for whoever meets it."""

    amount = Shown(Money(), lambda rule: money(rule.amount, rule.currency))

    class Meta:
        model = CostRule
        fields = ["category", "formula", "amount", "origin", "condition"]


_COST = CostSerializer()


class SlotSerializer(Rows, serializers.ModelSerializer):
    """Places a host offers, with requirements. Dates are half-open."""

    role_title = Bilingual()
    host = InstitutionReference()
    condition_tree = ConditionTree(source="condition", read_only=True)
    requirements = SkillRequirementSerializer(source="requirement_lines", many=True)
    resources = ResourceUseSerializer(source="resource_lines", many=True)
    route = serializers.CharField(source="route.code", allow_null=True, default=None)
    agreement = serializers.CharField(
        source="agreement.code", allow_null=True, default=None
    )

    last_safe_day = Shown(
        serializers.DateField(
            help_text="Decided later, the papers of the route come after the first day."
        ),
        lambda slot: slot.last_safe_day.isoformat(),
    )

    costs = serializers.SerializerMethodField()

    class Meta:
        model = Slot
        fields = [
            "id",
            "code",
            "intake",
            "host",
            "role_title",
            "city",
            "country",
            "province",
            "starts_on",
            "ends_on",
            "capacity_min",
            "capacity_max",
            "work_language",
            "min_cefr",
            "min_kkni",
            "isced_fields",
            "condition",
            "condition_tree",
            "taught_language",
            "taught_cefr",
            "route",
            "last_safe_day",
            "agreement",
            "state",
            "requirements",
            "resources",
            "costs",
        ]

    @extend_schema_field(CostSerializer(many=True))
    def get_costs(self, slot):
        """Return the slot's own rules, and the program's that they do not replace."""
        rules = costing.in_force(slot.own_costs, slot.shared_costs)
        rules.sort(key=lambda rule: (rule.category_id, rule.origin_id or ""))
        return [_COST.to_representation(rule) for rule in rules]


class WriteRequirement(SkillByCode):
    """A skill by framework and code, as a host states it."""

    kind = serializers.ChoiceField(RequirementKind.choices)
    level = serializers.IntegerField(min_value=1, max_value=4)


class SlotChange(Body, serializers.ModelSerializer):
    """What a host may change of its own slot until the intake closes."""

    requirements = WriteRequirement(many=True, required=False, max_length=100)
    min_cefr = serializers.ChoiceField(Cefr.choices, allow_blank=True, required=False)
    condition = ConditionText(required=False)
    condition_tree = ConditionTree(required=False, allow_null=True)
    reason = serializers.CharField(
        required=False,
        max_length=500,
        help_text="Why the rules change, where somebody with an offer or a place would "
        "no longer pass.",
    )

    def validate(self, attrs):
        """Take the condition in either form, and not in both."""
        return one_condition(super().validate(attrs))

    class Meta:
        model = Slot
        fields = [
            "role_title_en",
            "role_title_id",
            "city",
            "province",
            "starts_on",
            "ends_on",
            "capacity_min",
            "capacity_max",
            "work_language",
            "min_cefr",
            "condition",
            "condition_tree",
            "requirements",
            "reason",
        ]
        extra_kwargs = {
            name: {"max_value": 10_000} for name in ("capacity_min", "capacity_max")
        }


class SlotProposal(SlotChange):
    """A slot as a host proposes it for an intake."""

    intake = VisibleIntake()
    reason = None

    class Meta(SlotChange.Meta):
        fields = ["intake", "code", "country", *SlotChange.Meta.fields[:-1]]
