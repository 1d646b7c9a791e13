"""The two questions of a supervisor."""

import pytest
from django.db import DatabaseError
from django.urls import reverse

from planner import health


def test_live_answers_without_a_database(client):
    response = client.get(reverse("health-live"))
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_says_what_it_looked_at(client):
    response = client.get(reverse("health-ready"))
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {
            "database": True,
            "queue folder": True,
            "migrations": True,
            "demo accounts closed": True,
        },
    }


@pytest.mark.django_db
@pytest.mark.parametrize("check", ["queue_is_writable", "is_migrated"])
def test_ready_is_503_when_a_part_is_missing(client, monkeypatch, check):
    monkeypatch.setattr(health, check, lambda: False)
    response = client.get(reverse("health-ready"))
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"


def test_a_dead_database_is_told_without_its_address(client, monkeypatch):
    def refuse():
        raise DatabaseError("connection to 10.0.0.7 refused")

    monkeypatch.setattr(health.connection, "cursor", refuse)
    response = client.get(reverse("health-ready"))
    assert response.status_code == 503
    assert response.json()["checks"] == {
        "database": False,
        "queue folder": True,
        "migrations": False,
        "demo accounts closed": False,
    }
    assert "10.0.0.7" not in response.content.decode()


def test_probes_may_not_write(client):
    assert client.post(reverse("health-live")).status_code == 405
