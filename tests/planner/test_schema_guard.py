"""A web process beside an older database says so, and opens once it is migrated."""

import pytest

from planner import health, schema_guard
from planner.wsgi import application


@pytest.fixture
def guard(monkeypatch):
    monkeypatch.setattr(schema_guard, "LOOK_AGAIN_SECONDS", 0)
    monkeypatch.setattr(health, "database_answers", lambda: True)
    return schema_guard.SchemaGuard(
        lambda environ, start: start("200 OK", []) or [b"in"]
    )


def ask(guard, path="/desk/"):
    told = []
    body = guard({"PATH_INFO": path}, lambda status, headers: told.append(status))
    return told[0][:3], b"".join(body).decode()


def test_an_older_database_is_told_in_words(guard, monkeypatch):
    monkeypatch.setattr(health, "is_migrated", lambda: False)
    status, text = ask(guard)
    assert status == "503"
    assert "manage.py migrate" in text
    assert ask(guard, "/health/ready")[0] == "200"
    monkeypatch.setattr(health, "is_migrated", lambda: True)
    assert ask(guard) == ("200", "in")


def test_once_it_fits_nobody_asks_again(guard, monkeypatch):
    asked = []
    monkeypatch.setattr(health, "is_migrated", lambda: asked.append(1) or True)
    for _ in range(3):
        assert ask(guard) == ("200", "in")
    assert len(asked) == 1


def test_it_is_not_asked_at_every_request(guard, monkeypatch):
    monkeypatch.setattr(schema_guard, "LOOK_AGAIN_SECONDS", 60)
    asked = []
    monkeypatch.setattr(health, "is_migrated", lambda: asked.append(1) and False)
    assert [ask(guard)[0] for _ in range(3)] == ["503"] * 3
    assert len(asked) == 1


def test_a_database_that_is_away_is_no_older_one(guard, monkeypatch):
    monkeypatch.setattr(health, "database_answers", lambda: False)
    assert ask(guard) == ("200", "in")


def test_the_server_calls_the_guard():
    assert isinstance(application, schema_guard.SchemaGuard)
