"""The hand-solvable instances have the optimum their README states."""

import re

import pytest

from planner.optimiser import Limits, Status, check, read_instance, solve
from planner.optimiser.conflicts.quickxplain import find_conflict
from planner.optimiser.model.result import Relief
from tests.planner.optimiser import brute
from tests.planner.optimiser.conftest import INSTANCES

ROW = re.compile(r"^\| `(?P<name>[a-z-]+)` \| (?P<optimum>[^|]+) \|", re.MULTILINE)
STATED = dict(ROW.findall((INSTANCES / "README.md").read_text()))


def test_every_instance_is_in_the_table():
    assert set(STATED) == {path.stem for path in INSTANCES.glob("*.json")}


@pytest.mark.parametrize("name", STATED)
def test_the_optimum_is_the_one_stated(name):
    problem = read_instance(INSTANCES / f"{name}.json")
    result = solve(problem, limits=Limits(seconds=20))
    assert check(problem, result).violations == ()
    if STATED[name] == "none":
        assert result.status == Status.INFEASIBLE
        assert brute.optimum(problem) is None
        return
    expected = tuple(map(int, re.findall(r"\d+", STATED[name])))
    assert result.status == Status.OPTIMAL
    assert result.plan.tiers == expected
    assert brute.optimum(problem)[0] == expected


def test_the_impossible_instance_lacks_one_seat():
    problem = read_instance(INSTANCES / "impossible.json")
    assert Relief(limit="seat", kind="upper", by=1) in find_conflict(problem).reliefs
