"""Time, work, progress and the wish to stop."""

import time

import pytest

from planner.optimiser import Limits, Termination
from planner.optimiser.model.run_budget import Watch


def test_the_caller_is_told_the_best_of_what_is_known():
    told = []
    watch = Watch(Limits(), lambda *what: told.append(what) and False)

    watch.report(incumbent=5, bound=9.0)
    watch.report(incumbent=4, bound=12.0)

    assert [what[2:] for what in told] == [(5, 9.0), (5, 9.0)]


def test_a_true_answer_stops_the_run():
    watch = Watch(Limits(), lambda *_: True)

    assert watch.report()
    assert watch.termination() == Termination.STOPPED


def test_time_and_work_stop_the_run():
    late, busy = Watch(Limits(seconds=1e-9)), Watch(Limits(work=10))
    busy.work = 10

    assert late()
    assert late.termination() == Termination.TIME
    assert "clock" in late.detail()
    assert busy()
    assert busy.termination() == Termination.WORK
    assert busy.detail() == ""


def test_a_solver_is_interrupted_when_the_caller_wants_to_stop():
    running = []
    watch = Watch(Limits(), lambda *_: bool(running))

    def solve():
        running.append(True)
        while running:
            time.sleep(0.01)

    watch.run(solve, running.clear)

    assert watch.stopped


def test_the_error_of_a_solver_is_raised_to_the_caller():
    def fail():
        raise ValueError("no such solver")

    with pytest.raises(ValueError, match="no such solver"):
        Watch(Limits()).run(fail, lambda: None)


def test_a_share_of_the_time_ends_only_its_own_part():
    watch = Watch(Limits(seconds=60))

    with watch.share(1e-9):
        assert watch()

    assert not watch()


def test_phases_are_timed_in_their_order():
    watch = Watch(Limits())
    with watch.during("prices"):
        pass
    with watch.during("core"):
        pass

    assert [phase.name for phase in watch.phases] == ["prices", "core"]


def test_what_has_become_needless_ends_and_the_run_goes_on():
    there = []
    watch = Watch(Limits(seconds=1000))

    with watch.unless(lambda: bool(there)):
        assert not watch()
        assert watch.part(0.5) > 100
        there.append("an answer")
        assert watch()
        assert watch.part(0.5) == 0

    assert not watch()
    assert watch.seconds_left() > 100
    assert watch.termination() == Termination.EXHAUSTED
    assert "clock" in watch.detail()


def test_what_ended_by_itself_is_reproducible():
    watch = Watch(Limits(seconds=1000))

    with watch.unless(lambda: False):
        assert not watch()

    assert watch.detail() == ""


def test_a_part_of_the_work_is_a_part_of_what_is_left():
    """What a part does not use is there afterwards; what it used up is told."""
    watch = Watch(Limits(work=1_000))
    with watch.work_share(0.5):
        assert watch.work_left() == 500
        watch.work += 500
        assert watch()
    assert watch.work_left() == 500
    assert not watch()
    assert watch.termination() is Termination.WORK


def test_a_part_that_the_clock_ended_is_told_afterwards():
    """The run has time left, and yet more was to do."""
    watch = Watch(Limits(seconds=60))
    with watch.share(1e-9):
        assert watch()
    assert watch.cut
    assert not watch.timed_out
