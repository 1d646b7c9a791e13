"""The live page says what a run does, and when nobody serves it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from planner.desk.runs.progress import PATIENCE, progress_of
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
AGO = timedelta(seconds=PATIENCE + 1)


def shown(run, now):
    return progress_of(run, now=now)["unserved"]


def test_a_run_that_nobody_serves_is_said_to_be_one_within_a_minute():
    now = timezone.now()
    run = factories.allocation_run.make(state="queued", created_at=now)
    assert PATIENCE < 60
    assert shown(run, now + timedelta(seconds=PATIENCE - 1)) is None
    assert shown(run, now + timedelta(seconds=PATIENCE)) == PATIENCE


def test_a_run_whose_worker_fell_silent_is_one_too_and_a_paused_one_is_not():
    now = timezone.now()
    run = factories.allocation_run.make(
        state="running", created_at=now - 9 * AGO, lease_until=now - AGO
    )
    assert shown(run, now) == AGO.total_seconds()
    run.lease_until = now + AGO
    assert shown(run, now) is None
    run.state = "queued"
    assert shown(run, now) is None


def test_the_page_says_what_to_do_and_the_badge_moves_with_the_run(client):
    client.cookies["django_language"] = "en"
    client.force_login(factories.planner())
    run = factories.allocation_run.make(state="queued", created_at=timezone.now() - AGO)
    factories.allocation_run.make(
        state="running", lease_until=timezone.now() + timedelta(hours=1)
    )
    told = text(client.get(page("desk_run_progress", run.pk)))
    assert "No worker has taken this run" in told
    assert "manage.py serve" in told
    assert "1 other run is being served" in told
    assert ">queued</span>" in told
    run.state, run.lease_until = "running", timezone.now() + timedelta(hours=1)
    run.save()
    told = text(client.get(page("desk_run_progress", run.pk)))
    assert ">running</span>" in told
    assert "No worker" not in told
