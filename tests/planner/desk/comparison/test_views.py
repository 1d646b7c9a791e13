"""Two plans side by side."""

import pytest

from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_two_runs_are_compared_person_by_person(as_planner, solved, world, plan):
    world.weak.merit_score = 100
    world.weak.save()
    other = plan()
    shown = text(
        as_planner.get(page("desk_compare") + f"?run={solved.pk}&run={other.pk}")
    )
    assert "1 people gain a place, 1 lose one, 0 move" in shown
    alone = as_planner.get(page("desk_compare") + f"?run={solved.pk}", follow=True)
    assert "Choose exactly two runs" in text(alone)
    nonsense = as_planner.get(page("desk_compare") + "?run=x&run=y", follow=True)
    assert "Choose exactly two runs" in text(nonsense)
