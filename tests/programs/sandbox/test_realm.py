"""Entering the sandbox: another database for this thread, and back whatever happens."""

import sqlite3
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction

from planner.environment import beside
from programs import sandbox
from programs.domain import audit, transactions
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, Country, Institution
from programs.sandbox import realm, stage
from tests import factories
from tests.api.conftest import NOW

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def test_inside_and_outside_are_two_databases():
    factories.institution.make(code="outside")
    with sandbox.entered():
        assert sandbox.is_entered()
        assert not Institution.objects.filter(code="outside").exists()
        factories.institution.make(code="inside")
    assert not sandbox.is_entered()
    assert set(Institution.objects.values_list("code", flat=True)) == {"outside"}


def test_whoever_enters_twice_leaves_once():
    with sandbox.entered(), sandbox.entered():
        assert sandbox.is_entered()
    assert not sandbox.is_entered()


def test_an_error_inside_leads_outside():
    def fail():
        with sandbox.entered(), transaction.atomic():
            factories.institution.make(code="undone")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert connection.alias == "default"
    with sandbox.entered():
        assert not Institution.objects.filter(code="undone").exists()


def test_another_thread_stays_outside():
    seen = []
    with sandbox.entered():
        looking = threading.Thread(target=lambda: seen.append(sandbox.is_entered()))
        looking.start()
        looking.join(10)
    assert seen == [False]


def test_each_side_tells_its_own_trail_within_one_another():
    thing = factories.institution.make()
    with transactions.atomic():
        audit.record(by=SYSTEM, action="api_keys.issue", obj=thing, now=NOW)
        with sandbox.entered(), transactions.atomic():
            audit.record(by=SYSTEM, action="api_keys.revoke", obj=thing, now=NOW)
    assert [e.action for e in AuditEvent.objects.all()] == ["api_keys.issue"]
    with sandbox.entered():
        assert [e.action for e in AuditEvent.objects.all()] == ["api_keys.revoke"]


def test_the_command_opens_it_and_may_be_repeated():
    realm._seen.forget()
    assert not sandbox.is_prepared()
    for _ in range(2):
        out = StringIO()
        call_command("open_sandbox", stdout=out)
        assert "The sandbox is open" in out.getvalue()
    realm._seen.forget()
    assert sandbox.is_prepared()
    with sandbox.entered():
        assert set(stage.ACTORS) == set(
            Institution.objects.values_list("code", flat=True)
        )
        assert Country.objects.filter(transfer_basis=None).count() == 0


def test_a_server_without_the_database_is_told_in_words(monkeypatch):
    def refuse():
        raise OperationalError

    monkeypatch.setattr(connections["sandbox"], "ensure_connection", refuse)
    with pytest.raises(CommandError, match="does not open"):
        call_command("open_sandbox", stdout=StringIO())
    assert not sandbox.is_entered()


def test_a_process_looks_again_only_after_a_while(monkeypatch):
    realm._seen.forget()
    assert not sandbox.is_prepared()
    call_command("open_sandbox", stdout=StringIO())
    assert not sandbox.is_prepared()
    monkeypatch.setattr(realm, "LOOK_AGAIN_SECONDS", 0)
    assert sandbox.is_prepared()


@pytest.mark.parametrize(
    ("engine", "name", "expected"),
    [
        ("django.db.backends.sqlite3", "/x/db.sqlite3", "/x/db-sandbox.sqlite3"),
        ("django.db.backends.postgresql", "planner", "planner_sandbox"),
    ],
)
def test_it_lies_beside_the_other_database(engine, name, expected):
    made = beside({"ENGINE": engine, "NAME": name, "HOST": "h"}, "sandbox")
    assert made == {"ENGINE": engine, "NAME": expected, "HOST": "h"}


@pytest.mark.django_db(transaction=True, databases=["default", "sandbox"])
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="copies files of SQLite")
def test_tables_are_copied_into_an_empty_sandbox_while_nobody_is_known(tmp_path):
    empty = sqlite3.connect(tmp_path / "empty.sqlite3")
    inside = connections["sandbox"]
    inside.ensure_connection()
    kept, inside.connection = inside.connection, empty
    try:
        factories.institution.make()
        realm.copy_tables()
        assert tables_of(empty) == 0
        Institution.objects.all().delete()
        realm.copy_tables()
        assert tables_of(empty) > 50
    finally:
        inside.connection = kept
        empty.close()


def tables_of(database):
    found = database.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'")
    return found.fetchone()[0]
