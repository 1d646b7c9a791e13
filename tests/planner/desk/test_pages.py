"""Every page of the desk: the way up, empty lists, strangers, and what lists cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_a_page_below_another_shows_the_way_up(as_planner, solved):
    shown = text(as_planner.get(page("desk_run_people", solved.pk)))
    way = shown[shown.index("desk-trail") :].partition("</nav>")[0]
    assert way.index(page("desk_runs")) < way.index(page("desk_run", solved.pk))
    assert "desk-trail" not in text(as_planner.get(page("desk_runs")))


PLAIN = ["index", "desk_intakes", "desk_runs", "desk_scenarios", "desk_board"]


@pytest.mark.parametrize("name", PLAIN)
def test_empty_pages_say_what_to_do_next(client, name):
    client.force_login(factories.planner())
    assert "desk-empty" in text(client.get(page(name)))


def test_pages_cost_the_same_for_one_and_three_people(as_planner, world, plan):
    def queries(run):
        seen = []
        for name in ("desk_run", "desk_run_people", "desk_run_submit"):
            with CaptureQueriesContext(connection) as queries:
                assert as_planner.get(page(name, run.pk)).status_code == 200
            seen.append(len(queries))
        return seen

    slot = world.slot(seats=3)
    world.person(slot)
    small = plan()
    queries(small)
    one = queries(small)
    world.person(slot)
    world.person(slot)
    big = plan()
    small.delete()
    assert queries(big) == one


def test_strangers_find_nothing(client, solved, world):
    outsider = factories.coordinator()
    client.force_login(outsider)
    assert client.get(page("desk_run", solved.pk)).status_code == 404
    assert client.get(page("desk_intake", world.intake.pk)).status_code == 404
    client.force_login(factories.partner())
    for name in ("desk_runs", "desk_intakes", "desk_scenarios", "desk_run_new"):
        assert client.get(page(name)).status_code == 403


LISTS = ["index", "desk_intakes", "desk_runs", "desk_board", "desk_scenarios"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_and_three_rows(as_planner, world, name):
    def add():
        intake = world.add_intake()
        slot = factories.slot.make(intake=intake)
        factories.placement.make(slot=slot)
        factories.allocation_run.make().intakes.add(intake)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert as_planner.get(page(name)).status_code == 200
        return len(seen)

    add()
    queries()
    one = queries()
    add()
    add()
    assert queries() == one


def test_a_stale_form_says_what_to_do(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.planner)
    answer = strict.post(page("logout"))
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()
