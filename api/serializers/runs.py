"""Allocation runs, what they proposed for whom, and what limited them."""

from rest_framework import serializers

from planner.models import AllocationRun, LimitPrice, Unplaced
from planner.models.reason_words import REASON_LABELS

from .base import Body


class RunSerializer(serializers.ModelSerializer):
    """A run: its limits, where it stands, and how good its plan is proven to be."""

    intakes = serializers.SerializerMethodField()

    class Meta:
        model = AllocationRun
        fields = [
            "id",
            "number",
            "kind",
            "intakes",
            "scenario",
            "state",
            "detail",
            "seconds",
            "gap",
            "seed",
            "progress",
            "status",
            "termination",
            "tiers",
            "bound",
            "verified_gap",
            "summary",
            "input_digest",
            "result_digest",
            "created_at",
            "started_at",
            "finished_at",
            "published_at",
        ]

    def get_intakes(self, row) -> list[str]:
        """Ids of the intakes planned together."""
        return [str(intake.pk) for intake in row.intakes.all()]


class RunRequest(Body):
    """What a planner asks for."""

    intakes = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=100
    )
    scenario = serializers.UUIDField(required=False, allow_null=True)
    seconds = serializers.FloatField(min_value=1, max_value=14_400, default=60)
    gap = serializers.FloatField(min_value=0, max_value=1, default=0)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=1)


class ExplanationSerializer(serializers.ModelSerializer):
    """Why an applicant has no place: the main reason and the list."""

    nomination = serializers.UUIDField(source="application_id")
    main_reason = serializers.ChoiceField(choices=list(REASON_LABELS), read_only=True)
    reasons = serializers.JSONField()

    class Meta:
        model = Unplaced
        fields = ["nomination", "main_reason", "reasons"]


class LimitPriceSerializer(serializers.ModelSerializer):
    """A limit, its use, and what one more unit is worth to the plan."""

    label = serializers.SerializerMethodField()

    class Meta:
        model = LimitPrice
        fields = [
            "kind",
            "code",
            "part",
            "key",
            "label",
            "lower",
            "upper",
            "use",
            "price",
            "people",
            "is_hard",
        ]

    def get_label(self, row) -> dict[str, str]:
        """The limit's name in both languages."""
        return {"en": row.label_en, "id": row.label_id}
