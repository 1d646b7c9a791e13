"""The time is the database server's where there is one."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from programs import clock


@pytest.fixture
def servers_clock(settings, monkeypatch):
    settings.DATABASE_CLOCK = True
    monkeypatch.setattr(clock, "_server", clock._ServersClock())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks a server")
@pytest.mark.django_db
def test_a_machine_with_a_wrong_clock_is_not_asked(servers_clock):
    real = datetime.now(UTC)
    with time_machine.travel(real + timedelta(days=10)):
        assert abs(clock.now() - real) < timedelta(minutes=1)


def test_the_server_is_asked_once_a_minute(servers_clock, monkeypatch):
    moment = datetime(2027, 3, 1, tzinfo=UTC)
    asked, counted = [], [100.0]
    monkeypatch.setattr(clock, "read", lambda: asked.append(1) or moment)
    monkeypatch.setattr(clock.time, "monotonic", lambda: counted[0])
    assert clock.now() == moment
    counted[0] += 59
    assert clock.now() == moment + timedelta(seconds=59)
    assert len(asked) == 1
    counted[0] += 2
    assert clock.now() == moment
    assert len(asked) == 2


def test_nobody_asks_another_clock():
    found = [
        str(path.relative_to(settings.BASE_DIR))
        for folder in ("programs", "planner", "api")
        for path in Path(settings.BASE_DIR, folder).rglob("*.py")
        if re.search(r"timezone\.now\(\)|datetime\.now\(", path.read_text())
    ]
    assert found == ["programs/clock.py"]
