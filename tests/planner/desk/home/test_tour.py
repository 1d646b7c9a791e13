"""The demonstration leads to the plan it made, in the language of the browser."""

import pytest

from planner.models import AllocationRun
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_home_leads_to_the_plan_that_was_made_at_the_terminal(as_planner, solved):
    AllocationRun.objects.update(created_by=None)
    home = as_planner.get(page("index"))
    assert "1 plan of yours waits for your review" in text(home)
    assert page("desk_run", solved.pk) in home.content.decode()


def test_every_stop_of_the_tour_opens(as_planner, solved, settings):
    settings.DEMO = True
    home = as_planner.get(page("index"))
    stops = home.context["tour"]
    assert len(stops) >= 5
    assert "A short tour" in text(home)
    for stop in stops:
        assert as_planner.get(stop.link).status_code == 200, stop


def test_outside_the_demonstration_there_is_no_tour(as_planner, solved):
    assert "A short tour" not in text(as_planner.get(page("index")))


@pytest.mark.parametrize(("browser", "told"), [("en-US", "Home"), ("id", "Beranda")])
def test_an_account_without_a_language_reads_that_of_the_browser(
    world, client, browser, told
):
    del client.cookies["django_language"]
    world.planner.language = ""
    world.planner.save()
    client.force_login(world.planner)
    home = client.get(page("index"), headers={"Accept-Language": browser})
    assert told in text(home)
