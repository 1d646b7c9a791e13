"""Placements: each step is one POST, made to what the caller saw."""

from datetime import UTC, datetime

import pytest
import time_machine

from programs.choices import PlacementState
from programs.models import PlacementEvent
from tests import factories
from tests.api.conftest import NOW

pytestmark = pytest.mark.django_db
FIRST_DAY = datetime(2027, 4, 1, 3, tzinfo=UTC)
LAST_DAY = datetime(2027, 12, 1, 3, tzinfo=UTC)
DAYS = {
    **dict.fromkeys(("depart", "arrive", "no-show"), FIRST_DAY),
    "complete": LAST_DAY,
}
"""When a step of a stay can be; the others are made before."""


@pytest.fixture
def placement(sender, host):
    """An offer for a nominee of the sender at the host."""
    return factories.placement.make(
        application__nominated_by=sender.institution,
        slot__host=host.institution,
    )


def step(caller, placement, name, body=None):
    """Make a step as a careful client does: read, then POST with the tag."""
    path = f"placements/{placement.pk}/"
    tag = caller.send("get", path)["ETag"]
    with time_machine.travel(DAYS.get(name, NOW), tick=False):
        return caller.send("post", f"{path}{name}/", body, If_Match=tag)


def test_a_whole_stay(sender, host, placement):
    """Accepted, confirmed, departed, arrived, completed: each by whose turn it is."""
    steps = [
        (sender, "accept", "accepted"),
        (host, "confirm", "confirmed"),
        (sender, "depart", "departed"),
        (host, "arrive", "arrived"),
        (host, "complete", "completed"),
    ]
    for caller, name, state in steps:
        answer = step(caller, placement, name)
        assert answer.status_code == 200, answer.content
        assert answer.json()["state"] == state
    events = PlacementEvent.objects.filter(placement=placement)
    assert events.count() == len(steps)


@pytest.mark.parametrize(
    ("who", "name", "state"),
    [("sender", "decline", "declined")],
)
def test_side_exits_of_the_sender(who, name, state, placement, request):
    caller = request.getfixturevalue(who)
    answer = step(caller, placement, name, {"reason": "found work at home"})
    assert answer.json()["state"] == state
    assert answer.json()["reason"] == "found work at home"


def test_host_rejects_with_a_reason(sender, host, placement):
    step(sender, placement, "accept")
    assert step(host, placement, "reject", {}).status_code == 422
    answer = step(host, placement, "reject", {"reason": "line closed"})
    assert answer.json()["state"] == PlacementState.REJECTED


def test_host_ends_a_stay_early(sender, host, placement):
    for caller, name in [
        (sender, "accept"),
        (host, "confirm"),
        (sender, "depart"),
        (host, "arrive"),
    ]:
        step(caller, placement, name)
    body = {"reason": "illness", "on": "2027-09-14"}
    with time_machine.travel(LAST_DAY, tick=False):
        tag = host.send("get", f"placements/{placement.pk}/")["ETag"]
        path = f"placements/{placement.pk}/end-early/"
        answer = host.send("post", path, body, If_Match=tag)
    assert answer.json()["state"] == PlacementState.ENDED_EARLY
    days = {name: answer.json()[f"{name}_on"] for name in ("departed", "arrived")}
    assert days == {"departed": "2027-04-01", "arrived": "2027-04-01"}
    assert answer.json()["ended_on"] == "2027-09-14"


def test_a_departure_in_february_for_a_stay_in_april_is_refused(
    sender, host, placement
):
    step(sender, placement, "accept")
    step(host, placement, "confirm")
    path = f"placements/{placement.pk}/"
    tag = sender.send("get", path)["ETag"]
    early = sender.send("post", f"{path}depart/", {}, If_Match=tag)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/too-early")
    assert "18 March 2027" in early.json()["detail"]
    future = sender.send("post", f"{path}depart/", {"on": "2027-04-01"}, If_Match=tag)
    assert future.status_code == 422
    assert future.json()["errors"][0]["pointer"] == "/on"


def test_a_step_out_of_turn_is_a_conflict(host, placement):
    answer = step(host, placement, "complete")
    assert answer.status_code == 409


def test_a_host_tells_who_did_not_come_once_the_stay_has_begun(sender, host, placement):
    step(sender, placement, "accept")
    step(host, placement, "confirm")
    path = f"placements/{placement.pk}/no-show/"
    early = host.send("post", path, If_Match='"v3"')
    assert (early.status_code, early.json()["type"]) == (409, "/problems/too-early")
    told = step(host, placement, "no-show")
    assert told.status_code == 200, told.content
    assert (told.json()["state"], told.json()["ended_on"]) == ("no_show", "2027-04-01")


@pytest.mark.parametrize(
    ("state", "is_known"),
    [(PlacementState.CONFIRMED, False), (PlacementState.ARRIVED, True)],
)
def test_a_host_reads_somebody_who_is_only_kept_while_they_are_there(
    sender, host, placement, state, is_known
):
    """For safety; before and after, a restriction hides the person from the host."""
    placement.state = state
    placement.save()
    person = placement.application.participant
    person.restricted_at = NOW
    person.save()
    path = f"placements/{placement.pk}/"
    assert (host.send("get", path).json()["participant"] is not None) == is_known
    assert sender.send("get", path).json()["participant"]["id"] == str(person.pk)


def test_the_other_partys_steps_are_refused(sender, host, placement):
    assert step(sender, placement, "confirm").status_code == 403
    assert step(host, placement, "accept").status_code == 403


def test_a_step_without_a_tag_is_428(sender, placement):
    answer = sender.send("post", f"placements/{placement.pk}/accept/")
    assert answer.status_code == 428


TAGS = ['"v9"', '"x"', "*", "v", f'"v{"9" * 30}"', f'"v{"9" * 5000}"']


@pytest.mark.parametrize("tag", TAGS)
def test_a_step_with_another_tag_is_412(sender, placement, tag):
    path = f"placements/{placement.pk}/accept/"
    assert sender.send("post", path, If_Match=tag).status_code == 412


def test_the_same_step_twice_with_one_key_is_one_step(sender, placement):
    path = f"placements/{placement.pk}/accept/"
    headers = {"If_Match": '"v1"', "Idempotency_Key": "abc"}
    answers = [sender.send("post", path, **headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert PlacementEvent.objects.count() == 1


def test_transcript_is_written_by_the_host_and_read_by_both(sender, host, placement):
    factories.skill.make(framework="TEP", code="ATP-01")
    for caller, name in [
        (sender, "accept"),
        (host, "confirm"),
        (sender, "depart"),
        (host, "arrive"),
    ]:
        step(caller, placement, name)
    line = {"framework": "TEP", "code": "ATP-01", "level": 3, "evidence": "exam 4/27"}
    path = f"placements/{placement.pk}/transcript/"
    written = host.send("put", path, {"lines": [line]})
    assert written.status_code == 200, written.content
    assert sender.send("get", path).json() == [line]
    assert sender.send("put", path, {"lines": []}).status_code == 403


def test_events_tell_both_parties_in_ids_only(sender, host, other_sender, placement):
    step(sender, placement, "accept")
    for caller in (sender, host):
        events = caller.send("get", "events/").json()["results"]
        assert {event["object_id"] for event in events} == {str(placement.pk)}
        last = events[-1]["sequence"]
        after = caller.send("get", f"events/?after={last}").json()
        assert after["results"] == []
    assert other_sender.send("get", "events/").json()["results"] == []
