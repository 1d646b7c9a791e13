"""Changes of stays through the API: proposed by one side, answered by the other."""

import pytest

from programs.choices import ApplicationState, PlacementState
from tests import factories

pytestmark = pytest.mark.django_db
SHORTER = {"ends_on": "2027-12-01", "reason": "Harvest at home"}


@pytest.fixture
def placement(sender, host):
    """A stay that is confirmed, from 1 April 2027 for a year."""
    slot = factories.slot.make(host=host.institution)
    person = factories.participant.make()
    factories.availability.make(
        participant=person, starts_on="2027-01-01", ends_on="2029-01-01"
    )
    return factories.placement.make(
        slot=slot,
        application__intake=slot.intake,
        application__nominated_by=sender.institution,
        application__participant=person,
        application__state=ApplicationState.PLACED,
        state=PlacementState.CONFIRMED,
    )


def propose(caller, placement, body=SHORTER):
    return caller.send("post", f"placements/{placement.pk}/changes/", body)


def test_sender_proposes_and_the_host_agrees(sender, host, placement):
    made = propose(sender, placement)
    assert made.status_code == 201, made.content
    assert made.json()["waits_for"] == ["host"]
    address = made["Location"].partition("/api/v1/")[2]
    assert host.send("get", address).json() == made.json()
    answer = host.send("post", f"{address}agree/")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["waits_for"]) == ("agreed", [])
    stay = sender.send("get", f"placements/{placement.pk}/").json()
    assert (stay["starts_on"], stay["ends_on"]) == ("2027-04-01", "2027-12-01")
    assert stay["version"] == placement.version + 1
    kinds = [each["kind"] for each in host.send("get", "events/").json()["results"]]
    assert kinds == ["placement.change_proposed", "placement.change_agreed"]


def test_both_read_what_was_proposed_by_placement_and_state(sender, host, placement):
    propose(sender, placement)
    [listed] = host.send("get", f"placements/{placement.pk}/changes/").json()
    params = f"placement={placement.pk}&state=proposed"
    found = sender.send("get", f"placement-changes/?{params}").json()["results"]
    assert found == [listed]
    gone = sender.send("get", "placement-changes/?state=agreed").json()["results"]
    assert gone == []


def test_others_and_hosts_of_offers_see_and_do_nothing(
    sender, host, other_sender, other_host, placement
):
    change = propose(sender, placement).json()["id"]
    for other in (other_sender, other_host):
        assert propose(other, placement).status_code == 404
        for path in ("", "agree/", "refuse/", "withdraw/"):
            method = "post" if path else "get"
            body = {"reason": "No"} if path == "refuse/" else None
            answer = other.send(method, f"placement-changes/{change}/{path}", body)
            assert answer.status_code == 404
    type(placement).objects.update(state=PlacementState.DECLINED)
    assert host.send("get", f"placement-changes/{change}/").status_code == 404


def test_refusing_takes_a_reason_and_withdrawing_is_the_proposers(
    sender, host, placement
):
    change = f"placement-changes/{propose(sender, placement).json()['id']}/"
    assert host.send("post", f"{change}refuse/", {}).status_code == 400
    assert host.send("post", f"{change}withdraw/").status_code == 403
    assert sender.send("post", f"{change}agree/").status_code == 409
    answer = host.send("post", f"{change}refuse/", {"reason": "We need her"})
    assert answer.json()["state"] == "refused"
    assert answer.json()["answer"] == "We need her"
    assert (
        host.send("post", f"{change}agree/").json()["type"].endswith("change-settled")
    )


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"reason": "x"}, 422, ""),
        ({"ends_on": "2028-12-01", "reason": "x"}, 422, "/ends_on"),
        ({"ends_on": "2027-04-01", "reason": "x"}, 422, "/ends_on"),
        ({"ends_on": "2027-12-01"}, 400, "/reason"),
        ({"ends_on": "soon", "reason": "x"}, 400, "/ends_on"),
        ({"slot": "0", "reason": "x"}, 400, "/slot"),
        ({"from": "2027-12-01", "reason": "x"}, 400, "/from"),
    ],
)
def test_what_cannot_be_is_told_where(sender, placement, body, status, pointer):
    answer = propose(sender, placement, body)
    assert answer.status_code == status, answer.content
    told = [error["pointer"] for error in answer.json().get("errors", [])]
    assert (pointer in told) if pointer else True
    assert not placement.changes.exists()


def test_a_stay_moves_to_another_slot_of_the_host(sender, host, placement):
    other = factories.slot.make(host=host.institution, intake=placement.slot.intake)
    elsewhere = factories.slot.make(intake=placement.slot.intake)
    answer = propose(sender, placement, {"slot": str(elsewhere.pk), "reason": "x"})
    assert answer.json()["type"].endswith("other-host")
    change = propose(host, placement, {"slot": str(other.pk), "reason": "New line"})
    path = f"placement-changes/{change.json()['id']}/agree/"
    assert sender.send("post", path).status_code == 200
    stay = host.send("get", f"placements/{placement.pk}/").json()
    assert stay["slot"] == str(other.pk)


def test_the_same_request_again_changes_nothing_more(sender, host, placement):
    for _time in range(2):
        answer = sender.send(
            "post",
            f"placements/{placement.pk}/changes/",
            SHORTER,
            Idempotency_Key="change-1",
        )
        assert answer.status_code == 201
    assert placement.changes.count() == 1
