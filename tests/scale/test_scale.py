"""Figures are compared with their limits, and a small world goes through every part."""

import os
import subprocess
import sys

import pytest

from .figures import Neighbour, Span, Table, measured_calls
from .parts import PARTS


def test_a_figure_over_its_limit_is_told_and_counted(capsys):
    table = Table()
    table.add("within", 4.99, 5)
    table.add("over", 5.01, 5)
    table.add("without a limit", 500)
    assert table.over == 1
    told = [line for line in capsys.readouterr().out.splitlines() if "OVER" in line]
    assert [line.split()[0] for line in told] == ["over"]


def test_who_waits_longest_is_whoever_was_waiting_in_that_time():
    neighbour = Neighbour()
    neighbour.verbs = [(0.0, 1.0), (2.0, 5.0), (5.5, 12.0)]
    assert neighbour.longest(Span(began=3.0, ended=4.0)) == 3.0
    assert neighbour.longest(Span(began=1.2, ended=1.5)) == 0


@pytest.mark.django_db
def test_each_call_is_measured_and_still_answers(django_assert_num_queries):
    with measured_calls((os.path, "basename")) as calls:
        assert os.path.basename("a/b") == "b"
    assert os.path.basename("a/b") == "b"
    (span,) = calls["basename"]
    assert (span.queries, span.ended >= span.began) == (0, True)


@pytest.mark.slow
def test_a_small_world_goes_through_every_part(tmp_path):
    words = "-m tests.scale --people 600 --slots 60 --seconds 60"
    told = subprocess.run(
        [sys.executable, *words.split()],
        env=os.environ
        | {
            "DATABASE_URL": f"sqlite:///{tmp_path}/world.sqlite3",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert not told.stderr
    broken = [line for line in told.stdout.splitlines() if line.startswith("promises")]
    assert broken == ["promises broken afterwards".ljust(52) + "        0         0 "]
    assert {*PARTS} == {"reading", "judging", "publication", "pairs"}
