"""Big files: judged and written by a worker, once, whatever dies on the way."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planner.imports import execute, hopeless, request
from planner.jobs import dispatch
from planner.models import FileJob, RunState
from programs import transfer
from programs.choices import ImportState
from programs.domain import transactions
from programs.models import AuditEvent, BudgetLine, ImportBatch
from programs.refusals import Refusal
from programs.transfer import batches
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """Note who is rung for, instead of asking a broker."""
    heard = []

    def ring(kind, pk):
        heard.append({kind.argument: str(pk)})
        return True

    monkeypatch.setattr(request, "ring", ring)
    monkeypatch.setattr(dispatch, "ring", ring)
    return heard


@pytest.fixture
def planner():
    factories.funding_source.make(code="state")
    person = factories.planner()
    person.language = "en"
    person.save()
    return person


@pytest.fixture
def client(client, planner, monkeypatch):
    """A planner's browser, to whom everything above three rows is big."""
    monkeypatch.setattr(batches, "BIG_ROWS", 3)
    client.cookies["django_language"] = "en"
    client.force_login(planner)
    return client


def rows(*amounts):
    lines = ["source,fiscal_year,currency,amount"]
    lines += [
        f"state,{2027 + number},IDR,{amount}" for number, amount in enumerate(amounts)
    ]
    return "\n".join([*lines, ""]).encode()


GOOD = rows(1_000_000, 2_000_000, 3_000_000)
MIXED = rows(1_000_000, "plenty", 3_000_000)


def bring(planner, content=GOOD):
    batch = request.bring(
        "budgets", content, filename="b.csv", by=planner, now=timezone.now()
    )
    return batch, batch.jobs.get()


def served(job):
    state = execute.execute(job.pk)
    job.refresh_from_db()
    job.batch.refresh_from_db()
    return state


def page(batch, name="desk_import_batch"):
    return reverse(f"admin:{name}", args=[batch.pk])


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# How a file is told to be big


def test_lines_and_unpacked_bytes_tell_what_is_big():
    assert not transfer.is_big(b"a,b\n" * batches.BIG_ROWS)
    assert transfer.is_big(b"a,b\n" * (batches.BIG_ROWS + 1))
    small = transfer.table(["a"], [["x"]], "xlsx")
    assert not transfer.is_big(small)
    assert transfer.is_big(
        transfer.table(["a"], [["x" * 200] for _ in range(20_000)], "xlsx")
    )
    assert not transfer.is_big(b"PK broken")


# On the desk


def test_a_big_file_goes_from_upload_to_rows_in_the_background(client):
    file = SimpleUploadedFile("b.csv", MIXED)
    answer = client.post(
        reverse("admin:desk_import"), {"kind": "budgets", "file": file}, follow=True
    )
    assert "judged in the background" in text(answer)
    assert "Waiting for a worker" in text(answer)
    batch = ImportBatch.objects.get()
    job = batch.jobs.get()
    assert "Waiting for a worker" in text(
        client.get(page(batch, "desk_import_progress"))
    )
    assert served(job) == RunState.SOLVED
    refresh = client.get(page(batch, "desk_import_progress"))
    assert refresh.headers["HX-Refresh"] == "true"
    shown = client.get(page(batch))
    assert "2 new rows, 0 changed, 0 unchanged, 1 with errors" in text(shown)
    assert "plenty" in text(shown)
    assert not BudgetLine.objects.exists()
    form = {"digest": shown.context["digest"], "park": "1"}
    waiting = client.post(page(batch), form, follow=True)
    assert "written in the background" in text(waiting)
    again = client.post(page(batch), form, follow=True)
    assert "worked on already" in text(again)
    assert served(batch.jobs.last()) == RunState.SOLVED
    assert BudgetLine.objects.count() == 2
    done = text(client.get(page(batch)))
    assert "2 of 3 rows were good; 1 are parked." in done
    parked = reverse("admin:desk_import_parked", args=[batch.pk, "csv"])
    assert b"plenty" in client.get(parked).content


def test_the_page_says_how_far_it_is(client, planner):
    batch, job = bring(planner)
    told = {"phase": "judging", "done": 100, "total": 400}
    FileJob.objects.update(
        state=RunState.RUNNING, lease_until=timezone.now(), progress=told, attempt=2
    )
    shown = text(client.get(page(batch)))
    assert "Judging row by row" in shown
    assert "100 of 400 rows" in shown
    assert "attempt 2 of 3" in shown
    assert not job.detail


def test_an_unreadable_file_says_why_and_is_thrown_away(client, planner):
    batch, job = bring(planner, b"no,known,column\n1,2,3\n")
    assert served(job) == RunState.FAILED
    shown = text(client.get(page(batch)))
    assert "names none of the expected columns" in shown
    assert batch.refresh_from_db() is None
    assert ImportBatch.objects.get().state == ImportState.DISCARDED
    assert ImportBatch.objects.get().content is None


def test_a_file_nobody_could_judge_is_thrown_away_by_hand(client, planner):
    batch, job = bring(planner)
    FileJob.objects.update(attempt=3, state=RunState.QUEUED)
    hopeless.end()
    job.refresh_from_db()
    assert job.state == RunState.FAILED
    shown = text(client.get(page(batch)))
    assert "Three workers took the file" in shown
    assert "could not be judged" in shown
    client.post(page(batch), {"discard": "1"})
    batch.refresh_from_db()
    assert (batch.state, batch.content) == (ImportState.DISCARDED, None)


def test_a_stored_verdict_costs_the_same_for_one_and_three_bad_rows(client, planner):
    def queries(content):
        batch, job = bring(planner, content)
        served(job)
        client.get(page(batch))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page(batch)).status_code == 200
        return len(seen)

    assert queries(rows("bad")) == queries(rows("bad", "worse", "worst"))


def test_files_in_work_are_their_owners_business(client, planner):
    batch, _job = bring(planner)
    client.force_login(factories.coordinator())
    assert client.get(page(batch)).status_code == 404
    assert client.get(page(batch, "desk_import_progress")).status_code == 404
    client.force_login(factories.partner())
    assert client.get(page(batch, "desk_import_progress")).status_code == 404
    client.force_login(factories.approver())
    assert client.get(page(batch, "desk_import_progress")).status_code == 403


# Whatever dies


def test_who_may_not_import_keeps_no_file(rung):
    with pytest.raises(Refusal):
        bring(factories.auditor())
    assert not ImportBatch.objects.exists()
    assert not rung


def test_a_lost_ring_is_made_good(planner, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        _batch, job = bring(planner)
    assert rung == [{"job_id": str(job.pk)}]
    assert dispatch.ring_waiting() == 0
    FileJob.objects.update(created_at=Now() - timedelta(minutes=1))
    assert dispatch.ring_waiting() == 1
    assert dispatch.ring_waiting() == 0
    assert served(job) == RunState.SOLVED
    assert execute.execute(job.pk) is None


def test_a_worker_that_fails_lets_others_try_thrice(planner, monkeypatch):
    batch, job = bring(planner)

    def die(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(transfer, "judge", die)
    for attempt in (1, 2, 3):
        with pytest.raises(MemoryError):
            execute.execute(job.pk)
        job.refresh_from_db()
        assert job.attempt == attempt
    assert job.state == RunState.FAILED
    batch.refresh_from_db()
    assert batch.state == ImportState.READING


def test_a_worker_dying_after_judging_judges_once(planner):
    batch, job = bring(planner, MIXED)
    served(job)
    FileJob.objects.update(
        state=RunState.RUNNING, lease_until=Now() - timedelta(hours=1)
    )
    assert served(job) == RunState.SOLVED
    assert batch.rows.count() == 1
    assert AuditEvent.objects.filter(action="transfer.check").count() == 1


def test_a_worker_dying_after_writing_writes_once(planner):
    batch, job = bring(planner)
    served(job)
    batch.refresh_from_db()
    given = {"digest": batch.digest, "park": False, "by": planner}
    job = request.take(batch, now=timezone.now(), **given)
    served(job)
    FileJob.objects.filter(pk=job.pk).update(
        state=RunState.RUNNING, lease_until=Now() - timedelta(hours=1)
    )
    assert served(job) == RunState.SOLVED
    assert BudgetLine.objects.count() == 3
    assert AuditEvent.objects.filter(action="transfer.apply").count() == 1


def test_what_changed_since_is_not_written(planner):
    batch, job = bring(planner)
    served(job)
    batch.refresh_from_db()
    factories.budget_line.make(
        source__code="state2", fiscal_year=2027, amount=1_000_000
    )
    BudgetLine.objects.all().update(source=batch_source())
    given = {"digest": batch.digest, "park": False, "by": planner}
    job = request.take(batch, now=timezone.now(), **given)
    assert served(job) == RunState.FAILED
    assert "Check the file again" in job.detail
    assert BudgetLine.objects.count() == 1


def batch_source():
    from programs.models import FundingSource

    return FundingSource.objects.get(code="state")


def test_where_others_write_all_the_time_a_worker_comes_again(planner, monkeypatch):
    batch, job = bring(planner)

    def wait(*args, **kwargs):
        raise transactions.busy()

    monkeypatch.setattr(transfer, "judge", wait)
    assert served(job) == RunState.QUEUED
    assert "Try again" in job.detail
    FileJob.objects.update(attempt=2)
    assert served(job) == RunState.FAILED
    assert "Too many people write" in job.detail
    batch.refresh_from_db()
    assert batch.state == ImportState.READING


def test_somebody_overtaken_writes_nothing_more(planner, monkeypatch):
    batch, job = bring(planner)

    def overtaken(batch, **kwargs):
        FileJob.objects.update(attempt=2)
        kwargs["step"]("judging", 0, 1)

    monkeypatch.setattr(transfer, "judge", overtaken)
    assert execute.execute(job.pk) is None
    batch.refresh_from_db()
    assert batch.state == ImportState.READING


def test_reasons_are_in_the_language_of_whoever_brought_it(planner):
    planner.language = "id"
    planner.save()
    _batch, job = bring(planner, b"no,known,column\n1,2,3\n")
    served(job)
    assert "Baris pertama" in job.detail
