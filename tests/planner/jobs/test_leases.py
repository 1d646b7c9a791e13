"""Leases: one server at a time, by the database's clock, fenced once overtaken."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from planner.allocation.results import record
from planner.allocation.solving import execute, hopeless, supervision
from planner.jobs import dispatch, kinds, leases, ringing
from planner.models import AllocationRun, RunState
from programs.models import AuditEvent
from tests.planner.allocation.worlds import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(world):
    """Return a run that waits."""
    world.person(world.slot())
    return world.run()


@pytest.fixture
def rung(monkeypatch):
    """Return the runs that were rung for."""
    calls = []
    monkeypatch.setattr(dispatch, "ring", lambda kind, pk: calls.append(pk))
    return calls


def expire(run):
    """Let the lease of a run run out."""
    AllocationRun.objects.filter(pk=run.pk).update(
        lease_until=Now() - timedelta(seconds=1)
    )


def test_a_run_is_claimed_once(run):
    first = leases.claim(run.pk, worker="a")
    assert first.attempt == 1
    assert leases.claim(run.pk, worker="b") is None
    assert fresh(run).state == RunState.RUNNING


def test_an_expired_lease_is_taken_over_and_the_first_is_fenced(run):
    first = leases.claim(run.pk, worker="a")
    expire(run)
    second = leases.claim(run.pk, worker="b")
    assert second.attempt == 2
    with pytest.raises(leases.Fenced):
        first.beat(seconds=0)
    with pytest.raises(leases.Fenced):
        first.write(detail="late")
    second.beat(seconds=0)


def test_three_attempts_are_enough(run, rung):
    for attempt in (1, 2, 3):
        assert leases.claim(run.pk, worker="a").attempt == attempt
        expire(run)
    assert leases.claim(run.pk, worker="a") is None
    hopeless.end()
    dispatch.ring_waiting()
    run = fresh(run)
    assert run.state == RunState.FAILED
    assert "Three workers" in run.detail
    assert rung == []
    assert AuditEvent.objects.filter(action="runs.failed").count() == 1


def test_the_dispatcher_rings_for_what_nobody_serves(run, rung):
    AllocationRun.objects.filter(pk=run.pk).update(
        created_at=Now() - timedelta(minutes=1)
    )
    dispatch.ring_waiting()
    assert rung == [run.pk]
    leases.claim(run.pk, worker="a")
    dispatch.ring_waiting()
    assert rung == [run.pk]
    expire(run)
    dispatch.ring_waiting()
    assert rung == [run.pk, run.pk]


def test_a_broker_that_is_down_never_reaches_the_caller(run, monkeypatch):
    def fail(*task, **message):
        raise ConnectionRefusedError

    monkeypatch.setattr(ringing.app, "send_task", fail)
    ringing.ring(kinds.RUNS, run.pk)
    assert fresh(run).state == RunState.QUEUED


def test_a_wish_to_cancel_is_heard(run):
    lease = leases.claim(run.pk, worker="a")
    AllocationRun.objects.filter(pk=run.pk).update(cancel_requested=True)
    with pytest.raises(leases.Cancelled):
        lease.go_on()
    assert lease.cancel_requested


def test_progress_is_stored_whole_but_bounded(run):
    lease = leases.claim(run.pk, worker="a")
    for second in range(1000):
        lease.tell(
            {"phase": "search", "seconds": second, "incumbent": second, "bound": 2000},
            at_once=True,
        )
    history = fresh(run).progress["history"]
    assert len(history) <= leases.HISTORY_POINTS
    assert history[0][0] == 0
    assert history[-1] == [999, 999, 2000]


def test_a_forged_message_does_nothing(db):
    assert execute.execute("00000000-0000-4000-8000-000000000000") is None
    assert execute.execute("not-a-run") is None


def test_a_failed_attempt_is_given_back_and_then_given_up(run, monkeypatch):
    def die(*args, **kwargs):
        raise supervision.SolveDied("It fell over.", status=1, choice=None)

    monkeypatch.setattr(supervision, "solve", die)
    states = [execute.execute(run.pk) for _ in range(3)]
    assert states == [RunState.QUEUED, RunState.QUEUED, RunState.FAILED]
    assert fresh(run).detail == "It fell over."
    assert execute.execute(run.pk) is None


def test_a_plan_that_breaks_a_rule_is_never_recorded(run, inline, monkeypatch):
    honest = supervision.solve

    def lie(problem, limits, **where):
        solved = honest(problem, limits, **where)
        solved.claim.choice[:] = -1
        return solved

    monkeypatch.setattr(supervision, "solve", lie)
    assert execute.execute(run.pk) == RunState.FAILED
    run = fresh(run)
    assert "check refused" in run.detail
    assert not run.proposals.exists()
    assert run.artifacts.filter(kind="report").exists()


def test_an_overtaken_worker_records_nothing(run, inline, monkeypatch):
    honest = supervision.solve

    def slow(problem, limits, **where):
        solved = honest(problem, limits, **where)
        expire(run)
        assert leases.claim(run.pk, worker="other").attempt == 2
        return solved

    monkeypatch.setattr(supervision, "solve", slow)
    assert execute.execute(run.pk) is None
    run = fresh(run)
    assert (run.state, run.attempt) == (RunState.RUNNING, 2)
    assert not run.proposals.exists()


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_while_recording_leaves_no_half_plan(run, inline, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite can be told how large it may become")
    honest = supervision.solve

    def fill(problem, limits, **where):
        solved = honest(problem, limits, **where)
        with connection.cursor() as cursor:
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
        return solved

    monkeypatch.setattr(supervision, "solve", fill)
    monkeypatch.setattr(record, "BATCH", 1)
    with connection.cursor() as cursor:  # what earlier tests left free is room too
        (free,) = cursor.execute("PRAGMA freelist_count").fetchone()
        (size,) = cursor.execute("PRAGMA page_size").fetchone()
    grow = "x" * (200_000 + free * size)
    monkeypatch.setattr(record, "circumstances", lambda solved: {"detail": grow})
    try:
        with pytest.raises(DatabaseError, match="full"):
            execute.execute(run.pk)
        assert not fresh(run).proposals.exists()
        assert fresh(run).state in (RunState.RUNNING, RunState.QUEUED)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    monkeypatch.undo()
    expire(run)
    assert leases.claim(run.pk, worker="b").attempt == 2


def test_a_full_disk_does_not_burn_three_attempts_at_once(
    run, rung, monkeypatch, settings
):
    settings.RETRY_SECONDS = (20, 120)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(execute, "serve", full)
    with pytest.raises(OSError, match="No space"):
        execute.execute(run.pk)
    for _ in range(5):
        assert execute.execute(run.pk) is None
        dispatch.ring_waiting()
    run = fresh(run)
    assert (run.state, run.attempt, rung) == (RunState.QUEUED, 1, [])
    # After the pause somebody tries again, and pauses longer if it fails again.
    expire(run)
    AllocationRun.objects.update(created_at=Now() - timedelta(minutes=1))
    dispatch.ring_waiting()
    assert rung == [run.pk]
    with pytest.raises(OSError, match="No space"):
        execute.execute(run.pk)
    assert AllocationRun.objects.filter(
        attempt=2, lease_until__gt=Now() + timedelta(seconds=100)
    ).exists()
