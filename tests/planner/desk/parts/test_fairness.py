"""How fair a plan is stands where it is looked at, signed and compared."""

import pytest

from tests.planner.desk.reading import page, queries, text

pytestmark = pytest.mark.django_db
PAGES = ("desk_run", "desk_run_submit", "desk_run_judge", "desk_run_publish")


@pytest.mark.parametrize("name", PAGES)
def test_preferences_and_groups_are_shown(client, world, solved, name):
    reader = world.approver if name == "desk_run_judge" else world.planner
    client.force_login(reader)
    shown = text(client.get(page(name, solved.pk)))
    assert "How fair it is" in shown
    assert "1 of 1 places that were ranked are first preferences" in shown
    assert "Representation index" in shown


def test_a_sensitive_group_under_five_is_shown_as_not_counted(as_planner, world, plan):
    slot = world.slot(seats=9)
    for _ in range(4):
        world.person(slot, who={"disability": "low vision"})
    run = plan()
    shown = text(as_planner.get(page("desk_run", run.pk)))
    assert "not counted: fewer than 5 applied or were placed" in shown
    signing = text(as_planner.get(page("desk_run_submit", run.pk)))
    assert "not counted: fewer than 5 applied or were placed" in signing
    assert "With a disability</th><td><" not in signing


def test_a_run_of_an_earlier_release_shows_none(as_planner, solved):
    del solved.summary["fairness"]
    solved.save()
    assert "How fair it is" not in text(as_planner.get(page("desk_run", solved.pk)))


def test_two_runs_are_compared_in_it(as_planner, solved, plan):
    other = plan()
    address = f"{page('desk_compare')}?run={solved.pk}&run={other.pk}"
    assert "Blocking pairs" in text(as_planner.get(address))


def test_as_many_queries_for_many_groups_as_for_one(as_planner, world, plan):
    slot = world.slot(seats=9)
    world.person(slot)
    few = plan()
    for _ in range(4):
        world.person(slot)
    many = plan()
    assert queries(as_planner, page("desk_run_submit", few.pk)) == queries(
        as_planner, page("desk_run_submit", many.pk)
    )
