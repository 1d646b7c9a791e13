"""Check, confirm, park: nothing is written that nobody confirmed."""

import json

import psycopg
import pytest
from django.db import OperationalError, connection

from programs import models, transfer
from programs.choices import ImportKind, ImportState
from programs.domain import applications, audit, bulk, transactions
from programs.refusals import Refusal, RefusalKind
from tests import factories

from .conftest import NOW, as_csv, person

PEOPLE = ImportKind.PARTICIPANTS
TWO = [person(), person(code="P-2", nik="", kkni="12")]


@pytest.fixture
def report(coordinator):
    """A checked file with a good and a bad row."""
    return check(TWO, coordinator)


def check(rows, by):
    return transfer.check(PEOPLE, as_csv(rows), filename="people.csv", by=by, now=NOW)


def test_checking_writes_nothing_but_the_batch(report):
    batch = report.batch
    assert (batch.num_rows, batch.num_good, batch.num_bad) == (2, 1, 1)
    assert batch.state == ImportState.CHECKED
    assert batch.summary["counts"]["new"] == 1
    assert not models.Participant.objects.exists()


def test_bad_rows_have_to_be_parked_knowingly(report, coordinator):
    with pytest.raises(Refusal, match="1 of 2 rows have errors"):
        transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    assert not models.Participant.objects.exists()


def test_good_rows_are_taken_and_bad_ones_parked(report, coordinator):
    done = transfer.apply(
        report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
    )
    assert models.Participant.objects.get().code == "P-1"
    assert done.batch.state == ImportState.PARTLY_APPLIED
    assert done.batch.content is None
    [(number, cells, problems)] = transfer.parked_rows(done.batch)
    assert (number, cells["code"], problems[0].column) == (3, "P-2", "kkni")


def test_parked_rows_are_encrypted_and_their_errors_hold_no_values(report, coordinator):
    transfer.apply(
        report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells, errors FROM programs_importrow")
        [(cells, errors)] = cursor.fetchall()
    assert "Sari" not in cells
    assert json.loads(errors) == [
        {"column": "kkni", "code": "range", "params": {"least": 1, "most": 9}}
    ]


def test_parked_rows_come_back_once_they_are_mended(report, coordinator):
    transfer.apply(
        report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
    )
    content = transfer.parked_file(report.batch, "csv", by=coordinator).decode()
    assert "kkni: a number from 1 to 9" in content
    mended = content.replace('"12"', '"6"').encode()
    again = transfer.check(
        PEOPLE, mended, filename="mended.csv", by=coordinator, now=NOW
    )
    assert (again.ignored, again.counts["new"], again.counts["bad"]) == ([], 1, 0)


def test_a_file_is_applied_once(report, coordinator):
    options = {"digest": report.digest, "by": coordinator, "now": NOW, "park": True}
    transfer.apply(report.batch, **options)
    with pytest.raises(Refusal) as caught:
        transfer.apply(report.batch, **options)
    assert caught.value.code == "import-not-waiting"


def test_what_is_applied_is_what_was_confirmed(report, coordinator):
    with pytest.raises(Refusal) as caught:
        transfer.apply(
            report.batch, digest="0" * 64, by=coordinator, now=NOW, park=True
        )
    assert caught.value.kind is RefusalKind.STALE


def test_a_verdict_that_changed_meanwhile_stops_the_import(report, coordinator):
    other = check([person(given_name="Rini")], coordinator)
    transfer.apply(other.batch, digest=other.digest, by=coordinator, now=NOW)
    with pytest.raises(Refusal) as caught:
        transfer.apply(
            report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
        )
    assert caught.value.code == "import-changed"
    assert models.Participant.objects.get().given_name == "Rini"


def test_taking_the_same_file_again_changes_nothing(coordinator):
    for expected in ("new", "unchanged"):
        report = check([person()], coordinator)
        assert report.counts[expected] == 1
        transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    assert models.Participant.objects.get().history.count() == 1


def test_nothing_is_half_written(report, coordinator, monkeypatch):
    def fail(*args):
        raise RuntimeError("disk full")

    monkeypatch.setattr(bulk, "replace", fail)
    with pytest.raises(RuntimeError):
        transfer.apply(
            report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
        )
    assert not models.Participant.objects.exists()
    assert not models.ImportRow.objects.exists()
    report.batch.refresh_from_db()
    assert report.batch.state == ImportState.CHECKED


def test_a_discarded_file_is_forgotten(report, coordinator):
    transfer.discard(report.batch, by=coordinator, now=NOW)
    assert (report.batch.state, report.batch.content) == (ImportState.DISCARDED, None)
    with pytest.raises(Refusal):
        transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)


def test_the_trail_tells_of_imports_and_names_nobody(report, coordinator):
    transfer.apply(
        report.batch, digest=report.digest, by=coordinator, now=NOW, park=True
    )
    trail = models.AuditEvent.objects.filter(action__startswith="transfer.")
    assert [event.action for event in trail.order_by("sequence")] == [
        "transfer.check",
        "transfer.apply",
    ]
    assert "Sari" not in json.dumps([event.data for event in trail])
    assert audit.verify_chain().ok


def test_who_may_not_import_is_refused(planner):
    with pytest.raises(Refusal) as caught:
        check([person()], planner)
    assert caught.value.kind is RefusalKind.FORBIDDEN
    assert not models.ImportBatch.objects.exists()


@pytest.fixture
def overtaken(monkeypatch):
    """Return a function: so many times the database says that others were quicker."""
    monkeypatch.setattr(transactions, "PAUSE", 0)
    note, left = applications._note, []

    def say(*args):
        note(*args)
        if left:
            raise OperationalError from left.pop()

    monkeypatch.setattr(applications, "_note", say)
    return lambda times: left.extend([psycopg.errors.DeadlockDetected()] * times)


def nominated(coordinator):
    """Return a checked file: a new application, in a team that is named first here."""
    factories.participant.make(code="P-1")
    row = {"participant": "P-1", "intake": "atp-2027", "team": "tim-01"}
    facts = {"filename": "a.csv", "by": coordinator, "now": NOW}
    return transfer.check(ImportKind.APPLICATIONS, as_csv([row]), **facts)


@pytest.mark.django_db(transaction=True)
def test_where_others_were_quicker_the_whole_file_is_written_again(
    slot, coordinator, overtaken
):
    report = nominated(coordinator)
    overtaken(times=2)
    done = transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    assert done.batch.state == ImportState.APPLIED
    assert models.Application.objects.get().team.code == "tim-01"
    told = models.AuditEvent.objects.order_by("sequence")
    assert [each.action for each in told] == [
        "transfer.check",
        "teams.form",
        "applications.submit",
        "transfer.apply",
    ]
    assert models.Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_after_three_tries_the_file_waits_as_it_was(slot, coordinator, overtaken):
    report = nominated(coordinator)
    overtaken(times=3)
    with pytest.raises(Refusal) as refused:
        transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    assert refused.value.kind is RefusalKind.BUSY
    assert not models.Application.objects.exists()
    report.batch.refresh_from_db()
    assert report.batch.state == ImportState.CHECKED
    transfer.apply(report.batch, digest=report.digest, by=coordinator, now=NOW)
    assert models.Application.objects.get().team.code == "tim-01"
