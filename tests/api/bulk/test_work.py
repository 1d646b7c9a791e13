"""A worker may die at any moment: no row is lost, and none is done twice."""

from datetime import timedelta

import pytest

from api.bulk import jobs, work
from api.models import InstitutionKey
from planner.jobs import leases
from planner.models import BulkJob, BulkRow
from programs.models import AuditEvent, Event, Participant
from tests import factories
from tests.api.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(sender, people, monkeypatch):
    """Return a job for so many people, worked on two at a time."""
    monkeypatch.setattr(work, "BATCH", 2)

    def make(rows):
        body = {"participants": rows}
        return sender.send("post", "participants/bulk/", body).json()["id"]

    return make


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def die_at(monkeypatch, call, name="_write"):
    """Let the worker die in the given call of one of its functions."""
    calls, kept = [], getattr(work, name)

    def dying(*args, **more):
        calls.append(1)
        if len(calls) == call:
            raise Killed
        return kept(*args, **more)

    monkeypatch.setattr(work, name, dying)


def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(
    ask, people, monkeypatch
):
    job = ask(people(5))
    die_at(monkeypatch, call=2)
    with pytest.raises(Killed):
        work.execute(job)
    assert Participant.objects.count() == 2, "all of the first batch, no more"
    BulkJob.objects.update(lease_until=NOW - timedelta(days=400))
    assert work.execute(job) == "solved"
    rows = list(BulkRow.objects.order_by("index"))
    assert [row.status for row in rows] == [201] * 5
    assert {row.made for row in rows} == set(
        Participant.objects.values_list("pk", flat=True)
    )
    assert Event.objects.filter(kind="participant.registered").count() == 5
    registered = AuditEvent.objects.filter(action="participants.register")
    assert registered.count() == 5


def test_a_worker_that_was_overtaken_takes_its_batch_back(ask, people, monkeypatch):
    job = ask(people(2))
    take = work.take

    def overtaken(*args, **more):
        outcomes = take(*args, **more)
        BulkJob.objects.update(attempt=3)
        return outcomes

    monkeypatch.setattr(work, "take", overtaken)
    assert work.execute(job) is None
    assert not Participant.objects.exists()


def test_a_job_that_somebody_has_is_left_alone(ask, people):
    job = ask(people(1))
    assert leases.claim(job, model=BulkJob)
    assert work.execute(job) is None


@pytest.mark.parametrize(
    ("attempts", "state", "words"),
    [(0, "queued", work.BROKE_OFF), (2, "failed", work.GIVEN_UP)],
)
def test_an_error_is_tried_again_at_most_twice_and_not_told(
    attempts, state, words, ask, people, monkeypatch
):
    job = ask(people(1))
    BulkJob.objects.update(attempt=attempts)
    monkeypatch.setattr(work, "take", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work.execute(job)
    row = BulkJob.objects.get()
    assert (row.state, row.detail) == (state, words)


def test_a_row_that_was_taken_under_its_key_is_not_done_again(ask, people):
    rows = [{**row, "idempotency_key": f"r-{row['code']}"} for row in people(3)]
    work.execute(ask(rows[:2]))
    changed = {**rows[1], "given_name": "Sri"}
    second = ask([rows[0], changed, rows[2]])
    work.execute(second)
    told = list(BulkRow.objects.filter(job=second).order_by("index"))
    assert [row.status for row in told] == [201, 422, 201]
    assert [row.is_replayed for row in told] == [True, False, False]
    first = BulkRow.objects.exclude(job=second).get(index=0)
    assert told[0].made == first.made
    assert "idempotency-key-reused" in told[1].problem
    assert Participant.objects.count() == 3


def test_a_row_that_was_refused_may_be_mended_under_its_key(ask, people):
    [row] = people(1)
    work.execute(ask([{**row, "kkni": 12, "idempotency_key": "r-1"}]))
    second = ask([{**row, "idempotency_key": "r-1"}])
    work.execute(second)
    assert BulkRow.objects.get(job=second).status == 201


def test_one_key_twice_in_a_list_acts_once(ask, people):
    [row] = people(1)
    row["idempotency_key"] = "r-1"
    job = ask([row, row])
    work.execute(job)
    told = list(BulkRow.objects.order_by("index"))
    assert [each.is_replayed for each in told] == [False, True]
    assert told[0].made == told[1].made


def test_a_key_of_another_institution_is_another_key(
    ask, people, other_sender, call_as
):
    [row] = people(1)
    row["idempotency_key"] = "r-1"
    work.execute(ask([row]))
    body = {"participants": [row]}
    theirs = other_sender.send("post", "participants/bulk/", body).json()["id"]
    work.execute(theirs)
    told = BulkRow.objects.get(job=theirs)
    assert (told.status, told.is_replayed) == (201, False)


def test_a_list_of_a_key_that_was_withdrawn_goes_no_further(ask, people, sender):
    job = ask(people(1))
    InstitutionKey.objects.update(revoked=True)
    assert work.execute(job) == "failed"
    assert "another key" in BulkJob.objects.get().detail
    assert not Participant.objects.exists()


def test_somebody_at_the_desk_may_send_a_list_too(sender, people):
    user = factories.partner(of=sender.institution)
    job = jobs.ask(kind="participants", rows=people(1), by=user, now=NOW)
    assert work.execute(job.pk) == "solved"
    assert Participant.objects.get().registered_by == sender.institution


def test_problems_are_in_the_language_of_the_request(sender, people):
    [row] = people(1)
    body = {"participants": [{**row, "skills": [{"framework": "TEP", "code": "X"}]}]}
    job = sender.send("post", "participants/bulk/", body, Accept_Language="id").json()[
        "id"
    ]
    work.execute(job)
    assert "Beberapa nilai" in BulkRow.objects.get().problem
