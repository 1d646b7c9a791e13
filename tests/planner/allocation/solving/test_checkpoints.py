"""A solver that dies over a run: tried again from its plan, and told as it was."""

import pytest

from planner.allocation.decisions import cancel, submit
from planner.allocation.solving import execute, supervision
from planner.jobs import leases
from planner.models import ArtifactKind, RunState
from programs.refusals import Refusal
from tests.planner.allocation.solving.test_supervision import child_of
from tests.planner.allocation.worlds import NOW, fresh, places
from tests.planner.jobs.test_leases import expire

pytestmark = pytest.mark.django_db

DIES = """
import os, signal, sys
from pathlib import Path
folder = Path(sys.argv[1])
(folder / "plan.i64").write_bytes((0).to_bytes(8, "little", signed=True))
os.kill(os.getpid(), signal.SIGSEGV)
"""
"""A solver that finds a plan, and then has a bad day."""


@pytest.fixture
def run(world):
    """Return a run of one person and one seat."""
    world.person(world.slot())
    return world.run()


def drafts(run):
    """Return how many plans of crashed attempts are kept."""
    return run.artifacts.filter(kind=ArtifactKind.DRAFT).count()


def test_a_crash_is_tried_again_from_the_plan_it_had(run, monkeypatch):
    with monkeypatch.context() as patched:
        child_of(patched, DIES)
        assert execute.execute(run.pk) == RunState.QUEUED
    assert drafts(run) == 1
    assert "crashed" in fresh(run).detail
    given = []
    start = supervision.start

    def look_and_start(folder):
        given.append((folder / "warm.i64").read_bytes())
        return start(folder)

    monkeypatch.setattr(supervision, "start", look_and_start)
    assert execute.execute(run.pk) == RunState.SOLVED
    assert given == [bytes(8)]
    run = fresh(run)
    assert (run.attempt, run.status, drafts(run)) == (2, "optimal", 0)
    assert "crashed" not in run.detail


def test_three_crashes_are_a_failure_with_a_plan_to_look_at(world, run, monkeypatch):
    child_of(monkeypatch, DIES)
    states = [execute.execute(run.pk) for _ in range(3)]
    assert states == [RunState.QUEUED, RunState.QUEUED, RunState.FAILED]
    run = fresh(run)
    assert (run.status, run.termination) == ("feasible", "crashed")
    assert run.told == "The solver process crashed. SIGSEGV"
    assert len(places(run)) == 1
    assert drafts(run) == 0
    with pytest.raises(Refusal) as refused:
        submit.submit(run, by=world.planner, now=NOW)
    assert refused.value.code == "run-state"


def test_a_plan_for_other_data_is_no_start(world, run, monkeypatch):
    with monkeypatch.context() as patched:
        child_of(patched, DIES)
        execute.execute(run.pk)
    world.person(world.slot())
    start = supervision.start

    def look_and_start(folder):
        assert not (folder / "warm.i64").exists()
        return start(folder)

    monkeypatch.setattr(supervision, "start", look_and_start)
    assert execute.execute(run.pk) == RunState.SOLVED


def test_a_run_is_cancelled_at_once_while_there_is_no_plan(world, run, monkeypatch):
    def cancelled_meanwhile(*args, **kwargs):
        ended = cancel.cancel(fresh(run), by=world.planner, now=NOW)
        assert ended.state == RunState.CANCELLED
        return taken(*args, **kwargs)

    taken = execute.snapshot.of_run
    monkeypatch.setattr(execute.snapshot, "of_run", cancelled_meanwhile)
    assert execute.execute(run.pk) is None
    run = fresh(run)
    assert (run.state, run.told) == (RunState.CANCELLED, "Stopped before a plan.")
    assert not run.artifacts.exists()


def test_a_stopped_plan_is_kept_with_lists_and_reasons_and_can_be_submitted(
    world, inline, monkeypatch
):
    slot = world.slot()
    world.person(slot, merit=90), world.person(slot, merit=10)
    run = world.run()
    honest = supervision.solve

    def cancelled_meanwhile(*args, **kwargs):
        solved = honest(*args, **kwargs)
        kwargs["lease"].phase("polish")
        asked = cancel.cancel(fresh(run), by=world.planner, now=NOW)
        assert asked.state == RunState.RUNNING
        return solved

    monkeypatch.setattr(supervision, "solve", cancelled_meanwhile)
    monkeypatch.setattr(execute.leases, "LOOK_SECONDS", 0)
    assert execute.execute(run.pk) == RunState.SOLVED
    run = fresh(run)
    assert len(places(run)) == 1
    assert run.reserves.count() == run.unplaced.count() == 1
    assert (run.summary["placed"], run.summary["unplaced"]) == (1, 1)
    assert run.verified_gap is not None
    assert submit.submit(run, by=world.planner, now=NOW).state == RunState.SUBMITTED


def test_a_run_whose_worker_died_is_cancelled_at_once(world, run):
    lease = leases.claim(run.pk)
    lease.phase("polish")
    run.refresh_from_db()
    assert cancel.cancel(run, by=world.planner, now=NOW).state == RunState.RUNNING
    expire(run)
    assert cancel.cancel(run, by=world.planner, now=NOW).state == RunState.CANCELLED
    with pytest.raises(leases.Fenced):
        lease.beat(seconds=0)
