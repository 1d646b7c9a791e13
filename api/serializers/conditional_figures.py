"""How many places of a plan are conditional, as partners read it."""

from fractions import Fraction

from rest_framework import serializers

from planner.models import small_counts

KEPT = f"Null where fewer than {small_counts.FEWEST} would tell what is confidential."


class AwaitedThing(serializers.Serializer):
    """Something that places wait for, and how likely it is met."""

    condition = serializers.CharField(
        allow_null=True, help_text="Null where it is confidential."
    )
    people = serializers.IntegerField(min_value=1, allow_null=True, help_text=KEPT)
    typed = serializers.FloatField(
        min_value=0, max_value=1, help_text="As the condition says, else half."
    )
    passed = serializers.IntegerField(min_value=0, allow_null=True, help_text=KEPT)
    ended = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        help_text=f"On how many places it is measured. {KEPT}",
    )
    chance = serializers.FloatField(
        min_value=0, max_value=1, allow_null=True, help_text=KEPT
    )


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
    told = small_counts.conditional(told)
    same = ("condition", "people", "passed", "ended")
    return {
        "places": told["places"],
        "conditional": told["conditional"],
        "expected": float(Fraction(told["expected"])),
        "conditions": [
            {key: each[key] for key in same}
            | {key: _exact(each[key]) for key in ("typed", "chance")}
            for each in told["conditions"]
        ],
    }


def _exact(text):
    return None if text is None else float(Fraction(text))
