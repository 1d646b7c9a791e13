"""Every part that a place is worth has words."""

import pytest

from planner.desk.outcomes.context import PARTS

pytestmark = pytest.mark.django_db


def test_every_part_of_a_value_has_words(solved):
    assert set(solved.proposals.get().value) == set(PARTS)
