"""Closed lists of runs carry what people read."""

import pytest

from planner.models import Tier


def test_cost_is_shown_above_zero_and_bounded_from_below():
    assert Tier.COST.shown(-12) == 12
    assert (Tier.COST.sign, Tier.PEOPLE.sign) == ("≥", "≤")
    assert Tier.POINTS.shown(-3) == -3
    assert Tier.COST.shown(None) is None


@pytest.mark.parametrize("word", ["policy", "improve", ""])
def test_an_unknown_tier_is_an_error_where_it_is_used(word):
    with pytest.raises(ValueError, match="is not a valid Tier"):
        Tier(word)
