"""Why one way that somebody asked for was not taken, with all that stood against it."""

from rest_framework import serializers

from api.closed_lists import MAIN_REASONS, RULES
from planner.models import LimitKind, reason_words
from programs import eligibility

from .base import SLOT_IN_PLANS, Text
from .money import Money, units
from .nominations import ReasonSerializer


class RuleTold(ReasonSerializer):
    """A rule the person does not meet, with its numbers and a sentence."""

    earliest = None


class BrokenRule(serializers.Serializer):
    """How many slots a rule keeps the person from."""

    rule = serializers.ChoiceField(RULES)
    slots = serializers.IntegerField(min_value=1)


class Shortage(serializers.Serializer):
    """A limit without room: how much more of it the place would take.

    Budget lines have ``lines`` and ``money``, everything else a ``limit`` and ``by``;
    of a share of people nobody can say by how much. ``label`` is what people call the
    limit, or the lines together; null of budget lines in runs of earlier releases.
    """

    kind = serializers.ChoiceField(LimitKind.choices)
    limit = serializers.CharField(allow_null=True)
    label = Text(allow_null=True)
    lines = serializers.ListField(child=serializers.CharField())
    by = serializers.IntegerField(allow_null=True)
    money = Money(allow_null=True)


class ClosedCohort(serializers.Serializer):
    """A cohort that does not run: people it needs, who could come, who are free."""

    slot = serializers.CharField()
    min = serializers.IntegerField()
    able = serializers.IntegerField()
    free = serializers.IntegerField()
    short = Shortage(many=True)


class WhyNot(serializers.Serializer):
    """Why one way that the person asked for was not taken.

    ``possible`` says whether more of all that is short would give the person the place
    while everybody keeps theirs; null where nothing is short.
    """

    code = serializers.ChoiceField(MAIN_REASONS)
    text = serializers.CharField(help_text="A sentence in the reader's language.")
    slot = serializers.CharField(allow_null=True, help_text=SLOT_IN_PLANS)
    pathway = serializers.CharField(allow_null=True)
    params = serializers.DictField(help_text="Facts of runs of earlier releases.")
    possible = serializers.BooleanField(allow_null=True)
    short = Shortage(many=True)
    cohorts = ClosedCohort(many=True)
    rules = RuleTold(many=True)
    counts = BrokenRule(many=True)


def why_not(reason):
    """Return a stored reason as planners read it."""
    rules, counts = reason.get("rules", ()), reason.get("counts", ())
    return {
        "code": reason["code"],
        "text": reason_words.for_planner(reason),
        "slot": reason.get("slot"),
        "pathway": reason.get("pathway"),
        "params": reason.get("params", {}),
        "possible": reason.get("possible"),
        "short": _shortages(reason),
        "cohorts": [_cohort(each) for each in reason.get("cohorts", ())],
        "rules": [rule | {"text": eligibility.text(rule)} for rule in rules],
        "counts": [{"rule": code, "slots": slots} for code, slots in counts],
    }


def _cohort(cohort):
    figures = {name: cohort[name] for name in ("slot", "min", "able", "free")}
    return figures | {"short": _shortages(cohort)}


def _shortages(holder):
    return [shortage(each) for each in holder.get("short", ())]


def shortage(each):
    is_money = each["kind"] == LimitKind.BUDGET
    return {
        "kind": each["kind"],
        "limit": each.get("limit"),
        "label": in_both(each),
        "lines": each.get("lines", []),
        "by": None if is_money else each["by"],
        "money": units(each["by"]) if is_money else None,
    }


def in_both(each):
    """Return what people call a limit in both languages; None where none is stored."""
    if "label_en" not in each:
        return None
    return {"en": each["label_en"], "id": each["label_id"]}
