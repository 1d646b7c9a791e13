"""The two questions of a supervisor."""

import errno
import os

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
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
            "disk": True,
            "migrations": True,
            "static files": True,
            "demo accounts closed": True,
        },
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "check",
    ["queue_is_writable", "disk_has_room", "is_migrated", "static_is_collected"],
)
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
        "disk": True,
        "migrations": False,
        "static files": True,
        "demo accounts closed": False,
    }
    assert "10.0.0.7" not in response.content.decode()


def test_probes_may_not_write(client):
    assert client.post(reverse("health-live")).status_code == 405


def test_a_full_disk_is_noticed(monkeypatch):
    assert health.disk_has_room()

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(health.os, "fsync", full)
    assert not health.disk_has_room()


def test_a_nearly_full_disk_is_noticed(monkeypatch):
    monkeypatch.setattr(health, "LEAST_BYTES", 2**80)
    assert not health.disk_has_room()


def test_ready_says_no_where_every_page_would_fail(settings, tmp_path, monkeypatch):
    """HTTPS is on and nobody collected the static files: each page is a 500."""
    storage = ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    monkeypatch.setattr(health, "staticfiles_storage", storage)
    settings.DEBUG = False
    assert not health.static_is_collected()
