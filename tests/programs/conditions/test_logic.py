"""What can never hold is found without looking at anybody."""

import pytest
from hypothesis import given

from programs.conditions import impossible, read
from programs.conditions.logic import dead_ways

from .trees import CONDITIONS


@pytest.mark.parametrize(
    ("text", "clash"),
    [
        ("kkni >= 7 and kkni < 5", ("kkni >= 7", "kkni < 5")),
        ("kkni > 9", ("kkni > 9", "kkni > 9")),
        ("age > 20 and age < 21", ("age > 20", "age < 21")),
        ("sex = F and not sex in (F, M)", ("sex = F", "sex not in (F, M)")),
        ("sex = F and sex = M", ("sex = F", "sex = M")),
        ("field = 07 and field != 07", ("field = 07", "field != 07")),
        ("field = 0714 and field = 08", ("field = 0714", "field = 08")),
        ("free and not free", ("free", "not free")),
        (
            "completed(in JP) and stays(in JP) < 1",
            ("completed(in JP)", "stays(in JP) < 1"),
        ),
        (
            "language(ja) >= B1 and not language(ja) > A2",
            ("language(ja) >= B1", "language(ja) <= A2"),
        ),
        (
            "born >= 2003-01-01 and born < 2002-06-01",
            ("born >= 2003-01-01", "born < 2002-06-01"),
        ),
        (
            "(kkni >= 7 or age >= 30) and kkni < 5 and age < 20",
            ("kkni >= 7", "kkni < 5"),
        ),
        ("days_since >= 1 years and days_since < 300", None),
        ("kkni >= 5 and kkni <= 5", None),
        ("field = 07 and field = 0714", None),
        ('home = "smk-1-garut" and home != "smk-1"', None),
        ('program = "titp-2" and program not in ("titp", "eps")', None),
        ('fact("track") = care-b and fact("track") != care', None),
        ("language(ja) >= B1 and language(en) < A2", None),
        ("age on decision >= 20 and age < 20", None),
        ("born >= 2003-01-01 and born < 2 years before first_day", None),
        ("kkni >= 7 and kkni < 5 or free", None),
    ],
)
def test_contradictions_are_named(text, clash):
    found = impossible(read(text).node)
    if text.startswith("days_since"):
        clash = ("days_since >= 1 years", "days_since < 300 days")
    assert found == clash


def test_a_way_that_is_dead_beside_others_is_named():
    node = read("kkni >= 7 and kkni < 5 or free").node
    assert dead_ways(node) == [("kkni >= 7", "kkni < 5")]
    assert dead_ways(read("kkni >= 7 or free").node) == []


def test_too_many_ways_are_not_looked_at():
    parts = " and ".join(f"(age > {n} or kkni > 1)" for n in range(30))
    assert impossible(read(f"{parts} and sex = F and sex = M").node) is None


@given(CONDITIONS)
def test_any_condition_can_be_looked_at(node):
    impossible(node)
    dead_ways(node)
