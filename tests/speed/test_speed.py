"""The views by hand answer what the API answers: else the figures compare nothing."""

import pytest
from django.core.cache import cache

from . import calls, world

pytestmark = pytest.mark.django_db


@pytest.mark.urls("tests.speed.calls")
def test_both_doors_answer_the_same_and_ask_alike(settings):
    cache.clear()
    secret, institution = world.make(30)
    found = list(calls.measure(secret, institution, rounds=1))
    assert len(found) == 11
    for call, api, hand, (asked, by_hand) in found:
        assert api > 0 < hand
        assert asked <= by_hand + 1, call
