"""How many places of a plan are conditional, as partners read it."""

from fractions import Fraction

from rest_framework import serializers


class AwaitedThing(serializers.Serializer):
    """Something that places wait for, and how likely it is met."""

    condition = serializers.CharField(
        allow_null=True, help_text="Null where it is confidential."
    )
    people = serializers.IntegerField(min_value=1)
    typed = serializers.FloatField(
        min_value=0, max_value=1, help_text="As the condition says, else half."
    )
    passed = serializers.IntegerField(min_value=0)
    ended = serializers.IntegerField(
        min_value=0, help_text="On how many places it is measured."
    )
    chance = serializers.FloatField(min_value=0, max_value=1)


class ConditionalFigures(serializers.Serializer):
    """Places of a plan, how many are conditional, and how many are expected to hold."""

    places = serializers.IntegerField(min_value=0)
    conditional = serializers.IntegerField(min_value=0)
    expected = serializers.FloatField(min_value=0)
    conditions = AwaitedThing(many=True)


def conditional(told):
    """Return the conditional places of a plan; nothing of plans of before."""
    if told is None:
        return None
    same = ("condition", "people", "passed", "ended")
    return {
        "places": told["places"],
        "conditional": told["conditional"],
        "expected": float(Fraction(told["expected"])),
        "conditions": [
            {key: each[key] for key in same}
            | {key: float(Fraction(each[key])) for key in ("typed", "chance")}
            for each in told["conditions"]
        ],
    }
