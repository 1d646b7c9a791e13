"""Parts of a run: offered to other workers, fenced like runs, never needed."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.db.models.functions import Now

from planner.allocation.solving import execute, helping, supervision
from planner.allocation.solving.parts import Parts, packed, unpack
from planner.jobs import dispatch, leases
from planner.jobs.kinds import PARTS
from planner.models import AllocationRun, RunPart, RunState
from planner.optimiser import Limits
from planner.optimiser.mip.mip_model import Focus, Held
from planner.optimiser.search import remote_block
from planner.optimiser.search.decomposition import split
from planner.optimiser.search.remote_block import BlockFolder, BlockTask
from tests.planner.allocation.solving.test_supervision import child_of
from tests.planner.allocation.worlds import fresh
from tests.planner.optimiser.search.test_decomposition import crowd

pytestmark = pytest.mark.django_db

WORK = Limits(seconds=60, workers=1, work=50_000)


@pytest.fixture
def run(world, settings, monkeypatch):
    """Return a run that somebody serves, in a world where every part counts."""
    settings.ALLOCATION_PART_OPTIONS = 1
    monkeypatch.setattr("planner.allocation.solving.parts.EVERY", 0)
    monkeypatch.setattr("planner.allocation.solving.parts.ring", lambda kind, pk: False)
    world.person(world.slot())
    return world.run()


@pytest.fixture
def lease(run):
    """Return the lease of the run's own worker."""
    return leases.claim(run.pk)


@pytest.fixture
def errands():
    """Return two errands that have nothing in common."""
    problem = crowd(60, np.random.default_rng(5))
    return [BlockTask(part.problem, WORK) for part in split(problem, least=1)[:2]]


@pytest.fixture
def child(tmp_path, errands):
    """Return what the run's child does with its folder, after its first offer."""
    child = BlockFolder(tmp_path)
    child.offer(errands)
    return child


@pytest.fixture
def parts(lease, tmp_path, child):
    """Return the parts of the run, offered."""
    parts = Parts(lease, tmp_path)
    parts.tend()
    return parts


def rows():
    """Return {name: part} of what is asked for."""
    return {part.name: part for part in RunPart.objects.all()}


def expire(part):
    """Let the lease of a part run out."""
    RunPart.objects.filter(pk=part.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_another_worker_finds_what_we_would_have_found(parts, child, errands):
    assert set(rows()) == {"0-0", "0-1"}
    part = rows()["0-1"]
    assert helping.help_out(part.pk) == RunState.SOLVED
    assert child.outcome(1) is None
    parts.tend()
    found, own = child.outcome(1), errands[1].search()
    assert found.outcome.choice.tolist() == own.outcome.choice.tolist()
    assert found.outcome.prices.bound == own.outcome.prices.bound
    assert found.work == own.work
    assert not child.claim(1)
    assert set(rows()) == {"0-0"}


def test_workers_are_told_of_a_part_at_once(lease, tmp_path, child, monkeypatch):
    rung = []
    monkeypatch.setattr(
        "planner.allocation.solving.parts.ring", lambda kind, pk: not rung.append(pk)
    )
    Parts(lease, tmp_path).tend()
    assert set(rung) == {part.pk for part in rows().values()}
    assert dispatch.ring_waiting() == 0  # the dispatcher need not say it again


def test_everything_that_belongs_to_a_part_is_sent_along(tmp_path, errands):
    first = errands[0]
    levels = (Held(first.problem.value(), 0),)
    focused = replace(first, held=levels, focus=Focus(first.problem, levels))
    child, far = BlockFolder(tmp_path / "here"), tmp_path / "far"
    child.offer([focused])
    far.mkdir()
    unpack(packed(tmp_path / "here" / "0-0"), far)
    sent = remote_block.read(far)
    assert sent.focus is not None
    assert sent.focus.problem.digest == first.problem.digest
    assert len(sent.held) == len(sent.focus.held) == 1


def test_what_the_child_takes_is_asked_of_nobody(parts, child):
    taken = leases.claim(rows()["0-0"].pk, model=RunPart)
    assert child.claim(0)
    parts.tend()
    assert set(rows()) == {"0-1"}
    with pytest.raises(leases.Fenced):
        taken.beat(seconds=0)
    assert child.claim(1)
    parts.tend()
    assert rows() == {}


def test_a_part_is_claimed_once_and_kept_from_the_child(parts, child):
    part = rows()["0-0"]
    assert leases.claim(part.pk, model=RunPart)
    assert leases.claim(part.pk, model=RunPart) is None
    parts.tend()
    assert not child.claim(0)


def test_a_dead_helper_is_replaced_by_another(parts, child):
    part = rows()["0-0"]
    dead = leases.claim(part.pk, model=RunPart)
    parts.tend()
    expire(part)
    assert helping.help_out(part.pk) == RunState.SOLVED
    assert rows()["0-0"].attempt == 2
    with pytest.raises(leases.Fenced):
        dead.write(outcome=b"late")
    parts.tend()
    assert child.outcome(0) is not None


def test_a_dead_helper_is_replaced_by_the_child(parts, child):
    part = rows()["0-0"]
    leases.claim(part.pk, model=RunPart)
    parts.tend()
    expire(part)
    parts.tend()
    assert child.claim(0)
    parts.tend()
    assert set(rows()) == {"0-1"}
    assert helping.help_out(part.pk) is None


def test_a_helper_whose_solver_dies_gives_the_part_back(parts, child, monkeypatch):
    child_of(monkeypatch, "raise SystemExit('no licence')")
    part = rows()["0-0"]
    states = [helping.help_out(part.pk) for _ in range(4)]
    assert states == [RunState.QUEUED] * 3 + [None]
    parts.tend()
    assert child.claim(0)


def test_a_helper_stops_when_nobody_asks_any_more(parts, monkeypatch):
    child_of(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(leases, "LOOK_SECONDS", 0)
    started = supervision.start

    def start(folder):
        parts.close()
        return started(folder)

    monkeypatch.setattr(supervision, "start", start)
    assert helping.help_out(rows()["0-0"].pk) is None
    assert rows() == {}


def test_small_parts_are_not_worth_a_worker(lease, tmp_path, child, settings):
    settings.ALLOCATION_PART_OPTIONS = 10_000
    Parts(lease, tmp_path).tend()
    assert rows() == {}


def test_what_no_row_can_hold_is_solved_here(lease, tmp_path, child, monkeypatch):
    monkeypatch.setattr("planner.allocation.solving.parts.MOST_BYTES", 10)
    Parts(lease, tmp_path).tend()
    assert rows() == {}


def test_a_new_round_ends_the_old_one(parts, child, errands):
    child.offer(errands[:1])
    parts.tend()
    assert set(rows()) == {"1-0"}


def test_an_attempt_that_was_overtaken_takes_nothing_from_the_next(
    run, lease, parts, tmp_path
):
    AllocationRun.objects.filter(pk=run.pk).update(attempt=2)
    later = Parts(leases.Lease(row_id=run.pk, attempt=2), tmp_path)
    later.tend()
    parts.close()
    assert {part.run_attempt for part in RunPart.objects.all()} == {2}


def test_a_new_attempt_forgets_the_parts_of_the_last(run, parts, inline):
    AllocationRun.objects.filter(pk=run.pk).update(
        state=RunState.QUEUED, lease_until=None
    )
    assert execute.execute(run.pk) == RunState.SOLVED
    assert rows() == {}
    assert fresh(run).attempt == 2


def test_the_dispatcher_rings_for_parts(parts, monkeypatch):
    rung = []
    monkeypatch.setattr(
        dispatch,
        "ring",
        lambda kind, pk: kind is PARTS and (rung.append(pk) or True),
    )
    dispatch.ring_waiting()
    assert set(rung) == {part.pk for part in rows().values()}
    dispatch.ring_waiting()
    assert len(rung) == 2
    part = rows()["0-0"]
    leases.claim(part.pk, model=RunPart)
    expire(part)
    dispatch.ring_waiting()
    assert rung[2:] == [part.pk]


def test_a_forged_message_about_a_part_does_nothing(db):
    assert helping.help_out("00000000-0000-4000-8000-000000000000") is None
    assert helping.help_out("../../etc/passwd") is None


def test_a_claim_file_names_the_worker(parts, tmp_path):
    part = rows()["0-0"]
    leases.claim(part.pk, model=RunPart, worker="somebody")
    parts.tend()
    assert (tmp_path / "0-0" / remote_block.CLAIM).read_text() == "somebody"
