"""``compare_plan`` says what came of it, and leaves with a status for each case."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests.planner.allocation.conftest import inline, plan, world

__all__ = ["inline", "plan", "world"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought(world, plan, tmp_path):
    """Return a function that compares a run with rows of a file; what it prints."""
    slot = world.slot(seats=1)
    people = [world.person(slot, merit=merit) for merit in (90, 10)]
    run = plan()

    def bring(*names):
        codes = {"strong": people[0], "weak": people[1]}
        file = tmp_path / "plan.csv"
        rows = [
            f"{codes[name].participant.code if name in codes else name},{slot.code}"
            for name in names
        ]
        file.write_text("\n".join(["participant,slot", *rows]))
        out = io.StringIO()
        try:
            call_command("compare_plan", str(run.number), str(file), stdout=out)
        except CommandError as error:
            return error.returncode, out.getvalue() + str(error)
        return 0, out.getvalue()

    return bring


def test_a_plan_that_holds_leaves_with_0(brought):
    status, told = brought("weak")
    assert status == 0
    assert "people placed: 1 in the run, 1 by hand" in told
    assert "place only in the run's plan" in told


def test_a_plan_that_breaks_something_leaves_with_2(brought):
    status, told = brought("weak", "strong")
    assert status == 2
    assert "2 in 1 seats" in told


def test_a_file_that_is_not_read_whole_leaves_with_3(brought):
    status, told = brought("weak", "NOBODY")
    assert status == 3
    assert "row 3, participant: expected somebody whom run" in told


def test_what_cannot_be_compared_leaves_with_1(world, plan):
    with pytest.raises(CommandError, match="cannot be read") as error:
        call_command("compare_plan", "1", "/nowhere/plan.csv")
    assert error.value.returncode == 1
