"""A parameter is understood or refused; none is silently ignored."""

from base64 import b64encode

import pytest

from tests import factories

from .test_errors import problem

pytestmark = pytest.mark.django_db

LISTS = ["slots", "participants", "events", "reference/skills", "reference/countries"]


@pytest.mark.parametrize("size", ["0", "-1", "1.5", "many", "9" * 5000, "\u0661"])
def test_page_size_that_is_none(sender, size):
    answer = sender.get("/api/v1/slots/", {"page_size": size})
    data = problem(answer, 400, "invalid")
    assert data["errors"][0]["pointer"] == "/page_size"


def test_page_size_has_a_ceiling(sender, monkeypatch):
    monkeypatch.setattr("api.pagination.CursorPages.max_page_size", 2)
    factories.slot.make(_quantity=3, intake=factories.intake.make(), state="open")
    answer = sender.get("/api/v1/slots/", {"page_size": "100000"})
    assert len(answer.json()["results"]) == 2


@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize("text", ["p=abc%00", "r=1&p=x\x00y", "o=-1", "p=%00"])
def test_cursor_that_no_answer_gave(sender, route, text):
    cursor = b64encode(text.encode()).decode()
    answer = sender.get(f"/api/v1/{route}/", {"cursor": cursor})
    assert answer.status_code in (400, 404), answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_cursor_that_says_nothing_is_not_the_first_page(sender):
    data = problem(sender.get("/api/v1/slots/?cursor=%25%25"), 400, "invalid")
    assert data["errors"][0]["pointer"] == "/cursor"


def test_cursor_of_an_answer_goes_on(sender):
    factories.slot.make(_quantity=3, intake=factories.intake.make(), state="open")
    first = sender.get("/api/v1/slots/?page_size=2").json()
    second = sender.get(first["next"]).json()
    assert len(first["results"]) == 2
    assert len(second["results"]) == 1
    back = sender.get(second["previous"]).json()
    assert back["results"] == first["results"]


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("is_incoming=perhaps", "invalid", "/is_incoming"),
        ("kind=", "blank", "/kind"),
        ("page_size=1&page_size=2", "repeated", "/page_size"),
    ],
)
def test_parameter_that_would_be_ignored(sender, query, code, pointer):
    data = problem(sender.get(f"/api/v1/programs/?{query}"), 400, code)
    assert data["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("value", ["true", "False", "1", "0"])
def test_boolean_parameter(sender, value):
    assert sender.get(f"/api/v1/programs/?is_incoming={value}").status_code == 200
