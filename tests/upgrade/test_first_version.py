"""What the first version decided, recorded and handed out still holds.

A database of the first version is brought up to date in a process of its own, as an
operator would, and compared with what it was.
"""

import gzip
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

KEPT = Path(__file__).parent / "first_version"
PUBLISHED_RUN = "4"

#: Tables whose rows may go: they are derived, or belong to the framework.
DERIVED = {
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "sqlite_sequence",
}

#: What was decided and signed, column by column.
DECISIONS = {
    "programs_auditevent": "sequence, action, object_id, previous_hash, hash",
    "programs_placement": "id, application_id, slot_id, state",
    "programs_fundingline": "id, placement_id, category_id, source_id, fiscal_year",
    "programs_application": "id, participant_id, intake_id, state",
    "planner_allocationrun": "number, state, input_digest, result_digest, "
    "approved_digest",
    "planner_proposal": "id, run_id, application_id",
    "planner_publication": "id, run_id",
}


def rows(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute(query).fetchall())


def tables(path):
    listing = rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in listing} - DERIVED


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """Unpack the database as the first version left it."""
    path = tmp_path_factory.mktemp("first") / "before.sqlite3"
    path.write_bytes(gzip.decompress((KEPT / "database.gz").read_bytes()))
    return path


@pytest.fixture(scope="module")
def manage(before):
    """Run management commands on a copy of that database, which is migrated first."""
    after = before.with_name("after.sqlite3")
    after.write_bytes(before.read_bytes())

    def run(*arguments):
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": f"sqlite:///{after}",
            "DATA_DIR": str(after.parent),
        }
        return subprocess.run(
            [sys.executable, "-W", "ignore", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    run.database = after
    migrated = run("manage.py", "migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr
    return run


def test_no_table_loses_a_row(before, manage):
    missing = tables(before) - tables(manage.database)
    assert not missing
    for table in sorted(tables(before)):
        count = f"SELECT count(*) FROM {table}"
        assert rows(before, count) <= rows(manage.database, count), table


@pytest.mark.parametrize("table", sorted(DECISIONS))
def test_every_decision_is_as_it_was(before, manage, table):
    query = f"SELECT {DECISIONS[table]} FROM {table}"
    decided = rows(before, query)
    assert decided
    assert rows(manage.database, query) == decided


@pytest.mark.parametrize(
    "command",
    [
        ("check_runs",),
        ("check_records",),
        ("replay", PUBLISHED_RUN, "--check-only"),
        ("replay", str(KEPT / "decision-pack.zip"), "--check-only"),
    ],
    ids=lambda command: " ".join(Path(word).name for word in command),
)
def test_what_was_recorded_still_checks(manage, command):
    answer = manage("manage.py", *command)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    "result", sorted(KEPT.glob("*.result.json")), ids=lambda path: path.name
)
def test_results_of_the_first_version_still_check(manage, result):
    name = result.name.removesuffix(".result.json")
    instance = settings.BASE_DIR / "fixtures" / "instances" / f"{name}.json"
    answer = manage("-m", "planner.optimiser", "check", str(instance), str(result))
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_limit_keeps_its_name_and_price(before, manage):
    old = "SELECT run_id, key, use, price, people FROM planner_limitprice"
    # `||` of an empty part leaves no colon behind, as in the text of old.
    name = "kind || ':' || code || CASE part WHEN '' THEN '' ELSE ':' || part END"
    new = f"SELECT run_id, {name}, use, price, people FROM planner_limitprice"
    priced = rows(before, old)
    assert priced
    assert rows(manage.database, new) == priced


def test_what_people_named_is_still_a_what_if(before, manage):
    marks = "SELECT count(*) FROM planner_scenario WHERE name LIKE '#%'"
    trials = "SELECT count(*) FROM planner_scenario WHERE purpose = 'budget_trial'"
    assert rows(manage.database, trials) == rows(before, marks)


def test_optimal_by_two_solvers_is_told_as_their_agreement(manage):
    """What the first version called optimal, and nothing proves, is not proven now."""
    instance = settings.BASE_DIR / "fixtures" / "instances" / "shared-lines.json"
    result = KEPT / "shared-lines.result.json"
    assert '"status": "optimal"' in result.read_text()
    answer = manage("-m", "planner.optimiser", "check", str(instance), str(result))
    assert "agreed: two methods found nothing better" in answer.stdout
