"""Who is expected to arrive by pathways in a plan, as partners read it."""

from fractions import Fraction

from rest_framework import serializers

from planner.models import LimitKind

from .base import Text


class StepChance(serializers.Serializer):
    """The chance of passing a step: as typed, as measured, as counted with."""

    slot = serializers.CharField()
    typed = serializers.FloatField(min_value=0, max_value=1)
    passed = serializers.IntegerField(min_value=0)
    ended = serializers.IntegerField(
        min_value=0, help_text="On how many people it is measured."
    )
    chance = serializers.FloatField(min_value=0, max_value=1)


class FullLimit(serializers.Serializer):
    """A limit without room for one more."""

    kind = serializers.ChoiceField(LimitKind.choices)
    label = Text()
    upper = serializers.IntegerField(allow_null=True)


class StoppedBy(serializers.Serializer):
    """What stops the next arrival, and for how many of those who could begin."""

    limit = FullLimit(
        allow_null=True,
        help_text="Null: there is room, and the plan is worth more without.",
    )
    people = serializers.IntegerField(min_value=1)


class ArrivalFigures(serializers.Serializer):
    """A pathway in a plan: who begins, who is expected to arrive, what it counts."""

    pathway = serializers.CharField()
    begin = serializers.IntegerField(min_value=0)
    decided = serializers.IntegerField(
        min_value=0, help_text="Of these: who had the places before the plan."
    )
    expected = serializers.FloatField(min_value=0)
    chance = serializers.FloatField(min_value=0, max_value=1)
    worth = serializers.FloatField(
        min_value=0, help_text="What an arrival counts, in placements."
    )
    points = serializers.IntegerField(
        min_value=0, help_text="What arriving adds to a place, by its chance."
    )
    steps = StepChance(many=True)
    could = serializers.IntegerField(
        min_value=0, help_text="People who could begin and are on no pathway."
    )
    stopped = StoppedBy(many=True)


EXACT = ("expected", "chance", "worth")


def arrivals(entries):
    """Return the pathways of a plan; none of plans of earlier releases."""
    same = ("pathway", "begin", "decided", "points", "could")
    return [
        {key: entry[key] for key in same}
        | {key: float(Fraction(entry[key])) for key in EXACT}
        | {
            "steps": [
                step | {key: float(Fraction(step[key])) for key in ("typed", "chance")}
                for step in entry["steps"]
            ],
            "stopped": [
                {"limit": _limit(each["limit"]), "people": each["people"]}
                for each in entry["stopped"]
            ],
        }
        for entry in entries or ()
    ]


def _limit(told):
    if told is None:
        return None
    label = {"en": told["label_en"], "id": told["label_id"]}
    return {"kind": told["kind"], "label": label, "upper": told["upper"]}
