"""Allocation runs, what they proposed for whom, and what limited them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.closed_lists import MAIN_REASONS, RUN_ENDINGS, RUN_STATUSES
from planner.allocation.decisions.replan import CHANGE_PRICE, MOST
from planner.models import (
    AllocationRun,
    LimitKind,
    LimitPrice,
    Unplaced,
    difference_words,
)
from planner.models.quality import in_every_language

from . import run_figures as figures
from .base import Body, ChoiceOrNull, Text
from .money import Money, units
from .nominations import DifferentSerializer
from .rows import Rows
from .shown import Shown
from .why_not import WhyNot, why_not


class RunSerializer(Rows, serializers.ModelSerializer):
    """A run: its limits, where it stands, and how good its plan is proven to be."""

    intakes = serializers.SerializerMethodField()
    status = ChoiceOrNull(RUN_STATUSES)
    termination = ChoiceOrNull(RUN_ENDINGS)
    progress = Shown(figures.ProgressSerializer(allow_null=True), figures.progress)
    tiers = Shown(figures.TierSerializer(many=True), figures.tiers)
    summary = Shown(figures.SummarySerializer(allow_null=True), figures.summary)
    conflict = Shown(figures.ReliefSerializer(many=True), figures.conflict)
    proof = Shown(Text(allow_null=True), in_every_language)

    class Meta:
        model = AllocationRun
        fields = [
            "id",
            "number",
            "kind",
            "base",
            "change_price",
            "most_changes",
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
            "proof",
            "tiers",
            "bound",
            "verified_gap",
            "summary",
            "conflict",
            "input_digest",
            "result_digest",
            "created_at",
            "started_at",
            "finished_at",
            "published_at",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_intakes(self, row):
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
    seed = serializers.IntegerField(min_value=0, max_value=2_000_000_000, default=1)


class ReplanRequest(Body):
    """What a change of a decided place costs, and how many there may be."""

    change_price = serializers.IntegerField(
        min_value=0,
        max_value=MOST,
        default=CHANGE_PRICE,
        help_text="Points a moved offer costs; one taken away costs twice as much.",
    )
    most_changes = serializers.IntegerField(
        min_value=0,
        max_value=MOST,
        allow_null=True,
        default=None,
        help_text="People who may lose or change a decided place, at most.",
    )
    seconds = serializers.FloatField(min_value=1, max_value=14_400, default=60)
    gap = serializers.FloatField(min_value=0, max_value=1, default=0)
    seed = serializers.IntegerField(min_value=0, max_value=2_000_000_000, default=1)


class ExplanationSerializer(Rows, serializers.ModelSerializer):
    """Why an applicant has no place: the main reason and the list."""

    nomination = serializers.UUIDField(source="application_id")
    main_reason = serializers.ChoiceField(choices=MAIN_REASONS, read_only=True)
    reasons = Shown(WhyNot(many=True), lambda row: list(map(why_not, row.reasons)))
    different = Shown(
        DifferentSerializer(),
        lambda row: difference_words.for_reader(row, row.differently()),
    )

    class Meta:
        model = Unplaced
        fields = ["nomination", "main_reason", "reasons", "different"]


MONEY = (LimitKind.BUDGET, LimitKind.POOL)
"""Kinds of limit whose use is money."""


class Amounts(serializers.Serializer):
    """The figures of a limit on money."""

    lower = Money(allow_null=True)
    upper = Money(allow_null=True)
    use = Money()


def _counted(name):
    """Return a reader of a figure that counts anything but money."""
    return lambda limit: None if limit.kind in MONEY else getattr(limit, name)


def _amounts(limit):
    if limit.kind not in MONEY:
        return None
    return {name: units(getattr(limit, name)) for name in ("lower", "upper", "use")}


WHOLE = serializers.IntegerField(allow_null=True)
USED = serializers.IntegerField(allow_null=True, help_text=figures.KEPT)


class LimitPriceSerializer(Rows, serializers.ModelSerializer):
    """A limit, its use, and what one more unit is worth to the plan.

    Limits on money have their figures in ``amounts`` and none in ``lower``, ``upper``
    and ``use``; their unit is IDR 1,000.
    """

    label = Shown(Text(), lambda row: {"en": row.label_en, "id": row.label_id})
    lower = Shown(WHOLE, _counted("lower"))
    upper = Shown(WHOLE, _counted("upper"))
    use = Shown(USED, _counted("reached"))
    amounts = Shown(Amounts(allow_null=True), _amounts)

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
            "amounts",
            "price",
            "people",
            "is_hard",
        ]
