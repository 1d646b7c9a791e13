"""Conditions of places through the API: read by both sides, decided by coordinators."""

import pytest

from programs.choices import ApplicationState
from tests import factories

pytestmark = pytest.mark.django_db
WAIVER = {"reason": "Taught there"}


@pytest.fixture
def placement(sender, host):
    """A conditional place, of a person of the sender in a slot of the host."""
    slot = factories.slot.make(host=host.institution)
    return factories.placement.make(
        slot=slot,
        application__intake=slot.intake,
        application__nominated_by=sender.institution,
        application__state=ApplicationState.PLACED,
    )


@pytest.fixture
def condition(placement):
    return factories.place_condition.make(placement=placement)


@pytest.fixture
def secret(placement):
    """A condition that asks for something which is defined as sensitive."""
    factories.fact_definition.make(code="fit", kind="truth", is_sensitive=True)
    return factories.place_condition.make(
        placement=placement, condition='fact("fit")', due_on="2027-02-28"
    )


@pytest.fixture
def coordinator(placement, client):
    """Somebody at the desk who runs the program."""
    client.force_login(factories.coordinator(of=placement.slot.intake.program.owner))

    def send(method, path, data=None):
        return getattr(client, method)(
            f"/api/v1/{path}", data, content_type="application/json"
        )

    return send


def test_sender_and_host_read_what_a_place_waits_for(
    sender, host, placement, condition
):
    for caller in (sender, host):
        [said] = caller.send("get", f"placements/{placement.pk}/").json()["conditions"]
        assert said == {
            "id": str(condition.pk),
            "condition": "language(ja) >= A2",
            "due_on": "2027-03-15",
            "state": "open",
            "settled_at": None,
        }
        listed = caller.send("get", "placement-conditions/").json()["results"]
        assert [each["condition"] for each in listed] == ["language(ja) >= A2"]


def test_what_is_confidential_is_named_to_the_programs_coordinators(
    sender, host, placement, secret, coordinator
):
    path = f"placement-conditions/{secret.pk}/"
    for caller in (sender, host):
        for answer in (
            caller.send("get", path),
            caller.send("get", "placement-conditions/"),
            caller.send("get", f"placements/{placement.pk}/"),
        ):
            assert "fit" not in answer.content.decode()
            assert "2027-02-28" in answer.content.decode()
        assert caller.send("get", path).json()["condition"] is None
    assert coordinator("get", path).json()["condition"] == 'fact("fit")'
    [said] = coordinator("get", f"placements/{placement.pk}/").json()["conditions"]
    assert said["condition"] == 'fact("fit")'


def test_they_are_found_by_day_state_intake_and_placement(
    sender, placement, condition, secret
):
    for query, count in {
        "": 2,
        "due_before=2027-03-15": 1,
        "state=met": 0,
        "state=open": 2,
        f"intake={placement.slot.intake_id}": 2,
        f"placement={placement.pk}": 2,
    }.items():
        found = sender.send("get", f"placement-conditions/?{query}").json()["results"]
        assert len(found) == count, query
    assert sender.send("get", "placement-conditions/?due=x").status_code == 400


def test_conditional_places_are_found(sender, placement, condition):
    def found(value):
        rows = sender.send("get", f"placements/?conditional={value}").json()["results"]
        return [row["id"] for row in rows]

    assert (found("true"), found("false")) == ([str(placement.pk)], [])
    type(condition).objects.update(state="met", settled_at=placement.offered_at)
    assert (found("true"), found("false")) == ([], [str(placement.pk)])


def test_a_coordinator_gives_more_time_and_waives(coordinator, sender, condition):
    path = f"placement-conditions/{condition.pk}/"
    later = {"due_on": "2027-03-20", "reason": "Results late"}
    answer = coordinator("post", f"{path}extend/", later)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["due_on"], answer.json()["reason"]) == (
        "2027-03-20",
        "Results late",
    )
    assert sender.send("get", path).json()["reason"] == ""
    early = {"due_on": "2027-03-19", "reason": "x"}
    assert coordinator("post", f"{path}extend/", early).status_code == 422
    assert coordinator("post", f"{path}waive/", {}).status_code == 400
    assert coordinator("post", f"{path}waive/", WAIVER).json()["state"] == "waived"
    again = coordinator("post", f"{path}waive/", WAIVER)
    assert again.status_code == 409
    assert again.json()["type"].endswith("condition-settled")
    kinds = [each["kind"] for each in sender.send("get", "events/").json()["results"]]
    assert kinds == ["placement.condition_changed"] * 2


def test_partners_decide_nothing(sender, host, condition):
    for caller in (sender, host):
        path = f"placement-conditions/{condition.pk}/waive/"
        assert caller.send("post", path, WAIVER).status_code == 403
