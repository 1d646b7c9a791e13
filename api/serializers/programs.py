"""Programs with their goals."""

from rest_framework import serializers

from programs.models import Program, ProgramGoal, ProgramRule

from .base import Bilingual
from .conditions import ConditionTree
from .institutions import InstitutionReference
from .rows import Rows


class GoalSerializer(Rows, serializers.ModelSerializer):
    """A measurable goal."""

    indicator = Bilingual()

    class Meta:
        model = ProgramGoal
        fields = ["indicator", "target", "year"]


class ProgramRuleSerializer(Rows, serializers.ModelSerializer):
    """A rule of the regulation, with its source and what keeps it."""

    text = Bilingual()

    class Meta:
        model = ProgramRule
        fields = ["code", "text", "kept_by", "basis", "source"]


class ProgramSerializer(Rows, serializers.ModelSerializer):
    """A program with its admission rules and goals."""

    title = Bilingual()
    owner = InstitutionReference()
    goals = GoalSerializer(many=True)
    rules = ProgramRuleSerializer(many=True)
    condition_tree = ConditionTree(source="condition", read_only=True)

    class Meta:
        model = Program
        fields = [
            "id",
            "code",
            "title",
            "kind",
            "priority_sector",
            "owner",
            "partner_country",
            "is_incoming",
            "citizenship",
            "min_age",
            "max_age",
            "min_kkni",
            "isced_fields",
            "condition",
            "condition_tree",
            "goals",
            "rules",
        ]
