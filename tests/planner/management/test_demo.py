"""`make demo`: the whole way once, and a second time without changing anything."""

import re
import time
from fractions import Fraction

import pytest
from django.core.management import call_command
from django.db import connection

from planner.allocation.solving import inquiring
from planner.models import AllocationRun

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "sandbox"]),
]


def contents():
    """Return each table's number of rows and, where rows change, their latest time."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT COUNT(*) FROM {name}")
            counts[table] = cursor.fetchone()[0]
    return counts


def demo(capsys, **options):
    """Run the demo; return what it printed and how long it took."""
    started = time.perf_counter()
    call_command("demo", **options)
    return capsys.readouterr().out, time.perf_counter() - started


def test_a_second_demo_is_quick_prints_the_same_plan_and_changes_nothing(
    capsys, settings
):
    settings.DEMO, settings.DEMO_PASSWORD = True, "only-for-this-test"
    short, _seconds = demo(capsys)
    assert "[5/5]" in short
    assert re.search(r"The plan: \d+ of 600 people placed, .* checked: ", short)
    assert "Sign in as planner with the password only-for-this-test." in short
    assert len(short.splitlines()) < 20
    first, _seconds = demo(capsys, tables=True)
    assert "independent check accepts the plan" in first
    before = contents()
    second, seconds = demo(capsys, tables=True)
    assert contents() == before
    assert seconds < 20
    digests = [re.findall(r"Result ([0-9a-f]{12,})", text) for text in (first, second)]
    assert digests[0] == digests[1] != []
    call_command("check_records")
    call_command("check_runs")
    run = AllocationRun.objects.get()
    by_way = run.proposals.filter(pathway__goal__target=12, step=3)
    entries = run.summary["arrivals"]
    assert by_way.count() == sum(entry["begin"] for entry in entries) >= 14
    assert sum(Fraction(entry["expected"]) for entry in entries) >= 11
    assert by_way.filter(application__participant__code="CASE-N5-2").exists()
    assert inquiring.serve_all(run.pk) > 100
    call_command("verify_reasons", str(run.number))
    told = capsys.readouterr().out
    assert int(re.search(r"(\d+) changes carried out", told)[1]) > 100
