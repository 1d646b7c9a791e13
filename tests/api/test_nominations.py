"""Nominations: made by a sender, judged, ranked and taken back."""

import pytest

from planner.models import Publication
from programs.choices import (
    ApplicationState,
    IntakeState,
    PlacementState,
    RequirementKind,
)
from tests import factories
from tests.api.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    """An open intake with two slots."""
    intake = factories.intake.make()
    factories.slot.make(intake=intake, _quantity=2)
    return intake


@pytest.fixture
def body(sender, intake):
    """A nomination for the first slot."""
    person = factories.participant.make(registered_by=sender.institution)
    slot = intake.slots.first()
    return {
        "participant": str(person.pk),
        "intake": str(intake.pk),
        "preferences": [str(slot.pk)],
    }


def test_create_and_read_back(sender, body):
    created = sender.send("post", "nominations/", body)
    assert created.status_code == 201, created.content
    data = created.json()
    assert data["preferences"] == body["preferences"]
    assert data["nominated_by"] == str(sender.institution.pk)
    (verdict,) = data.pop("verdicts")
    assert (verdict["slot"], verdict["verdict"]) == (body["preferences"][0], "eligible")
    again = sender.send("get", f"nominations/{data['id']}/")
    assert again.json() == data
    assert again.headers["ETag"] == created.headers["ETag"]


def test_somebody_not_yet_eligible_is_accepted_and_told_so(sender, body, intake):
    """A missing skill does not refuse the nomination; the verdict names it."""
    slot = intake.slots.first()
    factories.skill_requirement.make(slot=slot, kind=RequirementKind.REQUIRED, level=3)
    created = sender.send("post", "nominations/", body)
    assert created.status_code == 201
    path = f"nominations/{created.json()['id']}/eligibility/"
    verdict = sender.send("get", path).json()[0]
    assert verdict["verdict"] == "conditional"
    assert "skill" in {reason["code"].split("_")[0] for reason in verdict["reasons"]}
    assert all(reason["text"] for reason in verdict["reasons"])


def test_twice_is_a_conflict_with_a_pointer(sender, body):
    sender.send("post", "nominations/", body)
    answer = sender.send("post", "nominations/", body)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/already-nominated"
    assert problem["errors"][0]["pointer"] == "/participant"


def test_another_institutions_person_does_not_exist(sender, body):
    body["participant"] = str(factories.participant.make().pk)
    answer = sender.send("post", "nominations/", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/participant"


def test_slot_of_another_intake_is_refused(sender, body):
    body["preferences"] = [str(factories.slot.make().pk)]
    assert sender.send("post", "nominations/", body).status_code == 422


def test_pathway_of_an_intake_in_draft_is_unknown(sender, body):
    hidden = factories.pathway.make(intake__state="draft")
    answer = sender.send(
        "post", "nominations/", {**body, "preferences": [str(hidden.pk)]}
    )
    assert answer.status_code == 400
    assert hidden.code not in answer.content.decode()


def test_more_wishes_than_allowed_are_refused(sender, body, intake):
    more = factories.slot.make(intake=intake, _quantity=3)
    body["preferences"] += [str(slot.pk) for slot in more]
    assert sender.send("post", "nominations/", body).status_code == 422


def test_the_same_wish_twice_is_pointed_at(sender, body):
    body["preferences"] *= 2
    answer = sender.send("post", "nominations/", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/preferences/1"


def test_closed_intake_takes_no_nominations(sender, body, intake):
    type(intake).objects.update(state=IntakeState.CLOSED)
    assert sender.send("post", "nominations/", body).status_code == 409


def test_bulk_judges_every_row(sender, body):
    wrong = {**body, "participant": "nobody"}
    answer = sender.send(
        "post", "nominations/bulk/", {"nominations": [wrong, body, body, {}, 7, None]}
    )
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [row["status"] for row in results] == [400, 201, 409, 400, 400, 400]
    assert [row["index"] for row in results] == [0, 1, 2, 3, 4, 5]
    assert results[0]["problem"]["errors"][0]["pointer"] == "/participant"


def test_wishes_are_replaced_whole(sender, body, intake):
    made = sender.send("post", "nominations/", body).json()
    turned = [str(slot.pk) for slot in reversed(intake.slots.all())]
    answer = sender.send(
        "put", f"nominations/{made['id']}/preferences/", {"preferences": turned}
    )
    assert answer.status_code == 200
    assert answer.json()["preferences"] == turned


def test_withdrawn_is_final(sender, body):
    made = sender.send("post", "nominations/", body).json()
    path = f"nominations/{made['id']}/withdraw/"
    assert sender.send("post", path).json()["state"] == ApplicationState.WITHDRAWN
    assert sender.send("post", path).status_code == 409


def test_host_reads_nominees_only_once_they_accepted(host, sender, body):
    made = sender.send("post", "nominations/", body).json()
    path = f"nominations/{made['id']}/"
    assert host.send("get", path).status_code == 404
    placement = factories.placement.make(
        application_id=made["id"], slot__host=host.institution
    )
    assert host.send("get", path).status_code == 404
    placement.state = PlacementState.ACCEPTED
    placement.save()
    read = host.send("get", path).json()
    assert (read["preferences"], read["merit_score"], read["note"]) == ([], None, "")


@pytest.fixture
def published(sender, intake):
    """The sender's nominee without a place in a published plan."""
    slot = intake.slots.first()
    row = factories.application.make(
        intake=intake, nominated_by=sender.institution, state="reserve"
    )
    reason = {"code": "seats_full", "slot": slot.code, "pathway": None}
    reason["params"] = {"slot": slot.code, "seats": 37}
    run = factories.allocation_run.make()
    factories.unplaced.make(run=run, application=row, reasons=[reason])
    publication = Publication.objects.create(
        run=run, published_by=factories.planner(), published_at=NOW
    )
    publication.published_intakes.create(intake=intake)
    factories.reserve_entry.make(
        slot=slot, application=row, position=2, publication=publication.pk
    )
    return row, slot


def test_the_sender_reads_why_and_where_a_nominee_waits(sender, published):
    """In the words for the person: how many seats others took is not theirs to know."""
    row, slot = published
    told = sender.send("get", f"nominations/{row.pk}/reasons/").json()
    assert told["main_reason"] == "seats_full"
    [reason] = told["reasons"]
    assert "You met every condition" in reason["text"]
    assert "37" not in reason["text"]
    assert set(reason) == {"code", "text", "slot", "pathway"}
    assert told["different"] == {"known": "not_asked", "text": None}
    assert told["waiting"] == [{"slot": str(slot.pk), "position": 2, "is_open": True}]


def test_before_publication_there_are_no_reasons(sender, body):
    made = sender.send("post", "nominations/", body).json()
    told = sender.send("get", f"nominations/{made['id']}/reasons/").json()
    assert told == {
        "published_at": None,
        "main_reason": None,
        "reasons": [],
        "different": None,
        "waiting": [],
    }
