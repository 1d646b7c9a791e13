"""Limits are values that make sense or do not exist."""

import math

import pytest

from planner.optimiser import Limits, LimitsError


def test_defaults_ask_for_proof_within_a_minute():
    limits = Limits()
    assert (limits.seconds, limits.gap, limits.workers) == (60.0, 0.0, 2)
    assert (limits.seed, limits.work) == (1, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"seconds": 0}, "seconds: 0 is not above 0"),
        ({"seconds": math.inf}, "seconds: inf is not above 0"),
        ({"gap": -0.1}, "gap: -0.1 is not 0 or more"),
        ({"gap": math.nan}, "gap: nan is not 0 or more"),
        ({"workers": 0}, "workers: 0 is not 1 or more"),
        ({"seed": 2**31}, "seed: 2147483648 is not in"),
        ({"work": -1}, "work: -1 is not 0 or more"),
    ],
)
def test_limits_that_make_no_sense(given, message):
    with pytest.raises(LimitsError) as refusal:
        Limits(**given)
    assert str(refusal.value).startswith(message)
