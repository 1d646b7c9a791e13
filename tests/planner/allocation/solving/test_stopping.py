"""Stopped by a person while a real worker's child solves: the plan is whole."""

import pytest

from planner.allocation.decisions import cancel, submit
from planner.allocation.solving import execute
from planner.models import RunState
from tests.planner.allocation.worlds import NOW, World, fresh

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_a_run_stopped_in_a_child_keeps_proof_lists_and_the_right_to_submit():
    world = World()
    world.cost(7_000_000, world.source("apbn", 90_000_000))
    slots = [world.slot(seats=3, fewest=2) for _ in range(12)]
    for number in range(48):
        first = number % 12
        wanted = [slots[(first + step * (1 + number % 5)) % 12] for step in range(4)]
        world.person(*dict.fromkeys(wanted), merit=20 + (37 * number) % 61)
    run = world.run(seconds=120)
    asked = []

    def stop(progress):
        """Stop as soon as there is a plan, before anything is proven of it."""
        if progress["incumbent"] is not None and not asked:
            asked.append(progress["phase"])
            cancel.cancel(fresh(run), by=world.planner, now=NOW)

    assert execute.execute(run.pk, on_progress=stop) == RunState.SOLVED
    run = fresh(run)
    assert asked
    assert run.cancel_requested
    assert run.solve_seconds < 60
    assert run.verified_gap is not None
    assert all(tier["bound"] is not None for tier in run.tiers[:1])
    assert run.unplaced.count() == run.summary["unplaced"] > 0
    assert run.reserves.exists()
    assert submit.submit(run, by=world.planner, now=NOW).state == RunState.SUBMITTED
