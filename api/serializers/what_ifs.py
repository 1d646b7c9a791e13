"""What-if questions: this person there, this limit higher, and what would follow."""

from rest_framework import serializers

from planner.models import AllocationRun, Freed, LimitKind, RunState, Tier, WhatIf
from planner.models.what_if_words import answer

from .base import (
    SLOT_IN_PLANS,
    Body,
    ChoiceOrNull,
    Text,
    VisibleNomination,
    VisibleRow,
    VisibleSlot,
)
from .money import Money, units
from .rows import Rows
from .shown import Shown
from .why_not import Shortage, in_both, shortage

STATES = [
    RunState.QUEUED,
    RunState.RUNNING,
    RunState.SOLVED,
    RunState.FAILED,
]
VERDICTS = ["never", "less", "same", "points", "unknown"]
THEN = ["have", "might", "else", "unknown"]


class Compared(serializers.Serializer):
    """How the best plan with the person there compares with the best of all.

    `never`: no plan within today's limits has the person there; `less`: every such plan
    is worse, in the goal `tier`; `points`: by this many points, so that with more than
    `most` more the person would have the place; `same`: an equally good plan has the
    person there; `unknown`: not settled in the time.
    """

    kind = serializers.ChoiceField(VERDICTS)
    tier = ChoiceOrNull(list(Tier))
    least = serializers.IntegerField(allow_null=True)
    most = serializers.IntegerField(allow_null=True)
    freed = serializers.ListField(
        child=serializers.ChoiceField(list(Freed)),
        help_text="Without which of these a best plan would have the person there.",
    )


class LinePaid(serializers.Serializer):
    """How much more (or less) a budget line pays."""

    line = serializers.CharField()
    label = Text(allow_null=True, help_text="Null in answers of earlier releases.")
    money = Money()


class PlanFound(serializers.Serializer):
    """The plan that was found, beside the one of the run: people, and who pays."""

    gain = serializers.IntegerField(help_text="People who have a place only in it.")
    lose = serializers.IntegerField(help_text="People who have none in it.")
    move = serializers.IntegerField(help_text="People who have another place in it.")
    lines = LinePaid(many=True)
    is_best = serializers.BooleanField(
        help_text="Whether no better plan exists; otherwise one may."
    )


class WhatIfSerializer(Rows, serializers.ModelSerializer):
    """A question about a run, and its answer once a worker has found it."""

    nomination = serializers.UUIDField(source="application_id", allow_null=True)
    slot = Shown(
        serializers.CharField(allow_null=True, help_text=SLOT_IN_PLANS),
        lambda row: row.place or None,
    )
    changes = Shown(Shortage(many=True), lambda row: list(map(shortage, row.changes)))
    state = serializers.ChoiceField(STATES)
    text = Shown(
        serializers.CharField(help_text="The answer in the reader's language."), answer
    )
    verdict = Shown(Compared(allow_null=True), lambda row: _verdict(row.found))
    then = Shown(
        ChoiceOrNull(
            THEN,
            help_text="Whether the person would have the place in a new plan.",
        ),
        lambda row: (row.found or {}).get("then"),
    )
    plan = Shown(PlanFound(allow_null=True), lambda row: _plan(row.found))

    class Meta:
        model = WhatIf
        fields = [
            "id",
            "run",
            "nomination",
            "slot",
            "changes",
            "leaves_out_arrivals",
            "is_standing",
            "state",
            "text",
            "verdict",
            "then",
            "plan",
            "created_at",
            "finished_at",
        ]


def _verdict(found):
    told = (found or {}).get("verdict")
    if told is None:
        return None
    return {"tier": None, "least": None, "most": None, "freed": []} | told


def _plan(found):
    plan = (found or {}).get("plan")
    if plan is None:
        return None
    names = ("gain", "lose", "move", "is_best")
    labels = plan.get("labels", {})
    lines = [
        {"line": line, "label": in_both(labels.get(line, {})), "money": units(amount)}
        for line, amount in plan["lines"].items()
    ]
    return {name: plan[name] for name in names} | {"lines": lines}


class VisibleRun(VisibleRow):
    """A run the caller knows."""

    model = AllocationRun


class WhatIfRequest(Body):
    """Who is put where, which limit is raised by how much, or both."""

    run = VisibleRun()
    nomination = VisibleNomination(required=False, allow_null=True, default=None)
    slot = VisibleSlot(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(
        LimitKind.choices, required=False, allow_null=True, default=None
    )
    code = serializers.CharField(
        required=False, allow_null=True, default=None, max_length=200
    )
    part = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40
    )
    by = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=10**15,
        help_text="Persons, hours and so on; of a budget line whole rupiah.",
    )
    seconds = serializers.FloatField(min_value=1, max_value=300, default=20)
