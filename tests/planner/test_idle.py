"""A desk that is left open does not stay open."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from planner import idle
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 2, 15, 5, tzinfo=UTC)


@pytest.fixture
def desk(client):
    """Return a function that opens the desk so many minutes after noon."""
    with time_machine.travel(NOON, tick=False):
        client.force_login(factories.planner())
        client.cookies["django_language"] = "en"

    def look(minutes, **headers):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            return client.get(reverse("admin:index"), headers=headers)

    return look


def is_open(response):
    return response.status_code == 200


def test_whoever_uses_the_desk_stays_in(desk):
    assert all(is_open(desk(minutes)) for minutes in range(0, 300, 29))


def test_whoever_leaves_it_is_signed_out_in_words(desk, client):
    assert is_open(desk(30))
    response = desk(61)
    assert response.status_code == 302
    page = client.get(response.url, follow=True).content.decode()
    assert "You were signed out after 30 minutes without use." in page
    assert not is_open(desk(61))


def test_a_page_that_looks_by_itself_keeps_nobody_in(desk):
    own = {"HX-Request": "true"}
    assert all(is_open(desk(minutes, **own)) for minutes in range(0, 31, 5))
    response = desk(31, **own)
    assert (response.status_code, response.headers["HX-Refresh"]) == (204, "true")
    assert not is_open(desk(31))


def test_the_session_is_written_once_a_minute(desk, client):
    for second in range(0, 60, 20):
        desk(second / 60)
        assert client.session[idle.USED_AT] == NOON.timestamp()
    desk(1)
    assert client.session[idle.USED_AT] == NOON.timestamp() + 60


def test_the_api_answers_an_idle_session_as_a_stranger(desk, client):
    address = "/api/v1/programs/"
    with time_machine.travel(NOON, tick=False):
        assert client.get(address).status_code == 200
    with time_machine.travel(NOON + timedelta(minutes=31), tick=False):
        assert client.get(address).status_code == 401


def test_an_installation_may_choose_not_to(desk, settings):
    settings.SESSION_IDLE_MINUTES = 0
    assert is_open(desk(600))
