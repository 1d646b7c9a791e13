"""A list is kept, worked on by a job, and forgotten; nobody else sees it."""

from datetime import timedelta

import pytest
from django.db import connection

from api.bulk import jobs, work
from api.exceptions import MOST_ROWS
from planner.jobs import leases
from planner.models import BulkJob, BulkRow
from programs.domain import personal_data
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, Participant

from .conftest import NOW
from .test_errors import problem

pytestmark = pytest.mark.django_db


def send(sender, rows, **headers):
    return sender.send("post", "participants/bulk/", {"participants": rows}, **headers)


def test_a_list_is_accepted_worked_on_and_read(sender, people):
    rows = people(3)
    rows[1]["kkni"] = 12
    accepted = send(sender, rows)
    assert accepted.status_code == 202, accepted.content
    assert accepted["Retry-After"] == "2"
    job = accepted.json()
    assert (job["state"], job["num_rows"], job["num_done"]) == ("queued", 3, 0)
    work.execute(job["id"])
    done = sender.get(accepted["Location"]).json()
    assert (done["state"], done["num_done"], done["num_made"]) == ("done", 3, 2)
    results = sender.get(f"{accepted['Location']}results/").json()["results"]
    assert [row["index"] for row in results] == [0, 1, 2]
    assert [row["status"] for row in results] == [201, 400, 201]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/kkni"
    assert Participant.objects.filter(pk=results[2]["id"]).exists()


def test_results_come_in_pages_in_the_order_that_was_sent(sender, people):
    accepted = send(sender, people(5))
    work.execute(accepted.json()["id"])
    address, indices = f"{accepted['Location']}results/?page_size=2", []
    while address:
        page = sender.get(address).json()
        indices += [row["index"] for row in page["results"]]
        address = page["next"]
    assert indices == [0, 1, 2, 3, 4]


def test_rows_are_read_before_they_are_done(sender, people):
    accepted = send(sender, people(1))
    [row] = sender.get(f"{accepted['Location']}results/").json()["results"]
    assert (row["status"], row["id"], row["problem"]) == (None, None, None)


def test_the_same_request_is_one_job(sender, people):
    rows = people(2)
    first = send(sender, rows, Idempotency_Key="season-1")
    again = send(sender, rows, Idempotency_Key="season-1")
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert again["Location"] == first["Location"]
    assert BulkJob.objects.count() == 1


def test_many_nominations_are_a_job_and_few_are_answered_at_once(sender, nominations):
    rows = nominations(1)
    few = sender.send("post", "nominations/bulk/", {"nominations": rows * 200})
    assert few.status_code == 200
    many = sender.send("post", "nominations/bulk/", {"nominations": rows * 201})
    assert many.status_code == 202
    asked = sender.send(
        "post", "nominations/bulk/", {"nominations": rows}, Prefer="respond-async"
    )
    assert asked.status_code == 202
    assert asked.json()["kind"] == "nominations"


def test_one_message_says_how_much_is_taken(sender, people, settings):
    data = problem(send(sender, people(1) * (MOST_ROWS + 1)), 400, "invalid")
    [error] = data["errors"]
    assert error["pointer"] == "/participants"
    assert "5000 rows" in error["detail"]
    assert "5120 KiB" in error["detail"]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    data = problem(send(sender, people(20)), 413, "too-large")
    assert "5000 rows" in data["detail"]


def test_an_empty_list_is_refused(sender):
    problem(send(sender, []), 400, "invalid")


def test_what_was_sent_is_encrypted_and_gone_once_it_is_judged(sender, people):
    accepted = send(sender, people(1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sent, problem FROM planner_bulkrow")
        assert "Suharti" not in str(cursor.fetchall())
    work.execute(accepted.json()["id"])
    assert BulkRow.objects.get().sent is None


def test_no_more_lists_wait_than_one_institution_may_have(sender, people):
    for _time in range(jobs.MOST):
        assert send(sender, people(1)).status_code == 202
    problem(send(sender, people(1)), 409, "too-many-lists")


def test_lists_are_forgotten_after_a_week(sender, people):
    send(sender, people(1))
    assert jobs.purge(now=NOW + timedelta(days=6)) == 0
    assert jobs.purge(now=NOW + timedelta(days=8)) == 1
    assert not BulkRow.objects.exists()


def test_that_a_list_came_is_in_the_trail_without_a_name(sender, people):
    send(sender, people(2))
    entry = AuditEvent.objects.get(action="bulk.receive")
    assert entry.data == {"kind": "participants", "rows": 2}


def test_a_list_that_three_workers_lost_ends_in_words(sender, people):
    job = send(sender, people(1)).json()["id"]
    for _time in range(3):
        leases.claim(job, model=BulkJob)
        BulkJob.objects.update(lease_until=NOW - timedelta(days=400))
    jobs.end_hopeless()
    told = sender.get(f"/api/v1/jobs/{job}/").json()
    assert told["state"] == "failed"
    assert "send them again" in told["detail"]


def test_nobody_else_sees_a_list(sender, other_sender, people):
    accepted = send(sender, people(1))
    for path in ("", "results/"):
        assert other_sender.get(accepted["Location"] + path).status_code == 404
    assert other_sender.get("/api/v1/jobs/").json()["results"] == []


def test_rows_that_name_an_erased_person_go(sender, people):
    accepted = send(sender, people(2))
    work.execute(accepted.json()["id"])
    person = Participant.objects.get(code="P-0")
    personal_data.erase(participant=person, by=SYSTEM, now=NOW)
    results = sender.get(f"{accepted['Location']}results/").json()["results"]
    assert [row["index"] for row in results] == [1]
