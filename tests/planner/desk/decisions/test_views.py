"""A run is asked for, submitted, signed, returned, published and planned again."""

import pytest

from planner.models import AllocationRun
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def test_a_plan_goes_from_submission_to_offers(client, as_planner, solved, world):
    address = page("desk_run", solved.pk)
    assert "Submit for approval" in text(client.get(address))
    client.post(page("desk_run_submit", solved.pk))
    solved.refresh_from_db()
    assert solved.state == "submitted"
    refused = client.post(page("desk_run_judge", solved.pk), {"approve": "1"})
    assert refused.status_code == 403

    client.force_login(world.approver)
    home = text(client.get(page("index")))
    assert "1 plan waits for your approval" in home
    judge = text(client.get(page("desk_run_judge", solved.pk)))
    assert solved.result_digest in judge
    assert "exactly as the run read them" in text(
        client.get(page("desk_run_drift", solved.pk))
    )
    client.post(
        page("desk_run_judge", solved.pk),
        {"approve": "1", "digest": solved.result_digest, "comment": ""},
    )
    solved.refresh_from_db()
    assert solved.state == "approved"

    client.force_login(world.planner)
    assert "1 approved plan waits to be published" in text(client.get(page("index")))
    publish = text(client.get(page("desk_run_publish", solved.pk)))
    assert "1 person gets an offer" in publish
    client.post(page("desk_run_publish", solved.pk))
    solved.refresh_from_db()
    assert solved.state == "published"
    assert world.strong.placements.get().state == "offered"
    assert world.strong.participant.code in text(client.get(page("desk_board")))


def test_a_published_plan_is_replanned(
    client, as_planner, solved, publish, monkeypatch
):
    monkeypatch.setattr(
        "planner.allocation.decisions.request.ring", lambda kind, pk: None
    )
    publish(solved)
    assert "Replan" in text(client.get(page("desk_run", solved.pk)))
    address = page("desk_run_replan", solved.pk)
    asked = client.post(address, {"change_price": 500, "seconds": 5})
    live = text(client.get(asked.headers["Location"]))
    assert "Waiting for a worker" in live
    replanning = solved.replans.get()
    assert (replanning.change_price, replanning.kind) == (500, "replan")


def test_the_author_cannot_approve(client, solved, world):
    both = factories.approver()
    solved.created_by = both
    solved.state = "submitted"
    solved.save()
    client.force_login(both)
    shown = text(client.get(page("desk_run_judge", solved.pk)))
    assert "somebody else has to approve it" in shown
    answer = client.post(
        page("desk_run_judge", solved.pk),
        {"approve": "1", "digest": solved.result_digest},
    )
    assert "Somebody else has to approve this plan" in text(answer)
    solved.refresh_from_db()
    assert solved.state == "submitted"


def test_a_plan_is_returned_with_a_comment_only(client, as_planner, solved, world):
    client.post(page("desk_run_submit", solved.pk))
    client.force_login(world.approver)
    judge = page("desk_run_judge", solved.pk)
    assert "Give a reason" in text(client.post(judge, {"return": "1", "comment": ""}))
    client.post(judge, {"return": "1", "comment": "More women, please."})
    solved.refresh_from_db()
    assert (solved.state, solved.comment) == ("rejected", "More women, please.")


def test_a_run_is_asked_for_watched_and_stopped(as_planner, world, monkeypatch):
    monkeypatch.setattr(
        "planner.allocation.decisions.request.ring", lambda kind, pk: None
    )
    world.slot()
    asked = as_planner.post(
        page("desk_run_new"),
        {"intakes": [world.intake.pk], "seconds": 5, "gap": "0,5%", "seed": 1},
    )
    assert asked.status_code == 302
    live = text(as_planner.get(asked.headers["Location"]))
    assert "Waiting for a worker" in live
    assert AllocationRun.objects.get().gap == 0.005
    run_id = asked.headers["Location"].rstrip("/").rpartition("/")[2]
    part = as_planner.get(page("desk_run_progress", run_id))
    assert "HX-Refresh" not in part.headers
    as_planner.post(page("desk_run_stop", run_id))
    assert as_planner.get(page("desk_run_progress", run_id)).headers["HX-Refresh"]
    assert "stopped before it had a plan" in text(
        as_planner.get(page("desk_run", run_id))
    )


def test_a_run_without_intakes_is_not_asked_for(as_planner, world):
    world.slot()
    answer = as_planner.post(page("desk_run_new"), {"seconds": 0, "gap": 0, "seed": 1})
    assert "Choose at least one intake." in text(answer)
