"""Who sends, hosts, is at home or plans reads of a person what concerns them."""

import pytest

from programs.choices import (
    HOSTED_PLACEMENT_STATES,
    LIVE_PLACEMENT_STATES,
    PlacementState,
)
from programs.domain import placements
from programs.domain.actors import SYSTEM
from programs.models import Participant, Placement
from tests import factories

from .conftest import NOW, Caller

pytestmark = pytest.mark.django_db

PERSONAL = ("Sukarni", "Wijaya", "1999-04-17", "sukarni@mail.example")
PRIVATE = ("Ill since March", "No host but Ipoh", "77.50")


@pytest.fixture
def home(call_as):
    """The polytechnic the person studies at; it neither sends nor hosts."""
    return call_as(factories.institution.make(), "nominate")


@pytest.fixture
def person(sender, home):
    return factories.participant.make(
        registered_by=sender.institution,
        home_institution=home.institution,
        given_name="Sukarni",
        family_name="Wijaya",
        birth_date="1999-04-17",
        email="sukarni@mail.example",
    )


@pytest.fixture
def placement(sender, host, person):
    """A place whose reason is the sender's, of a nomination with a note and merit."""
    application = factories.application.make(
        participant=person,
        nominated_by=sender.institution,
        note="No host but Ipoh",
        merit_score="77.50",
    )
    elsewhere = factories.slot.make(intake=application.intake, code="ELSEWHERE-1")
    factories.preference.make(application=application, slot=elsewhere, rank=1)
    placement = factories.placement.make(
        application=application, slot__host=host.institution, reason="Ill since March"
    )
    factories.placement_event.make(
        placement=placement, to_state=placement.state, reason="Ill since March"
    )
    return placement


def read_all(caller, placement):
    """Return all that a caller reads about the placement and its people, as text."""
    paths = [
        "placements/",
        f"placements/{placement.pk}/",
        "nominations/",
        f"nominations/{placement.application_id}/",
        f"nominations/{placement.application_id}/eligibility/",
        "participants/",
        f"participants/{placement.application.participant_id}/",
        "host-ratings/",
        "events/",
    ]
    return "\n".join(caller.send("get", path).content.decode() for path in paths)


@pytest.mark.parametrize("state", PlacementState.values)
def test_a_host_knows_who_has_accepted(host, placement, state):
    Placement.objects.update(state=state)
    text = read_all(host, placement)
    known = state in HOSTED_PLACEMENT_STATES
    assert [word for word in PERSONAL if (word in text) != known] == []
    wishes = str(placement.application.preferences.get().slot_id)
    assert [word for word in (*PRIVATE[1:], wishes) if word in text] == []
    concerns = known or state == PlacementState.REJECTED
    assert ("Ill since March" in text) == concerns
    assert str(placement.pk) in text


@pytest.mark.parametrize("state", PlacementState.values)
def test_a_host_at_the_desk_reads_no_more(host, placement, state):
    Placement.objects.update(state=state)
    user = factories.partner(of=host.institution)
    client = Caller()
    client.force_login(user)
    text = read_all(client, placement)
    assert ("Sukarni" in text) == (state in HOSTED_PLACEMENT_STATES)
    answer = client.send("get", f"participants/{placement.application.participant_id}/")
    assert answer.status_code == 404
    seen = Placement.objects.visible_to(user).exists()
    assert seen == (state in HOSTED_PLACEMENT_STATES)
    assert Participant.objects.visible_to(user).exists() == seen


def test_hosts_know_people_from_acceptance_on():
    assert set(LIVE_PLACEMENT_STATES) - set(HOSTED_PLACEMENT_STATES) == {
        PlacementState.OFFERED
    }


def test_the_sender_reads_the_whole(sender, placement):
    text = read_all(sender, placement)
    assert [word for word in (*PERSONAL, *PRIVATE) if word not in text] == []


@pytest.mark.parametrize("who", ["other_sender", "other_host"])
def test_others_read_nothing(who, placement, request):
    text = read_all(request.getfixturevalue(who), placement)
    assert [word for word in (*PERSONAL, *PRIVATE) if word in text] == []
    assert str(placement.pk) not in text


def test_the_home_institution_is_told_and_reads_no_reason(home, placement, sender):
    placements.decline(placement=placement, by=SYSTEM, now=NOW, reason="Ill again")
    [event] = home.send("get", "events/").json()["results"]
    assert (event["kind"], event["object_id"]) == (
        "placement.declined",
        str(placement.pk),
    )
    row = home.send("get", f"placements/{event['object_id']}/").json()
    assert row["participant"]["given_name"] == "Sukarni"
    assert (row["state"], row["reason"]) == ("declined", "")
    text = read_all(home, placement)
    assert [word for word in (*PRIVATE, "Ill again") if word in text] == []
    path = f"placements/{placement.pk}/accept/"
    assert home.send("post", path, If_Match=f'"v{row["version"]}"').status_code == 403


def test_a_planner_reads_people_but_not_what_is_protected(planner, placement, person):
    person.nik, person.disability = "0011221704990001", "sensory"
    person.save()
    text = read_all(planner, placement)
    assert [word for word in (*PERSONAL, *PRIVATE) if word not in text] == []
    assert "0011221704990001" not in text
    assert "sensory" not in text
    path = f"participants/{person.pk}/"
    assert planner.send("patch", path, {"given_name": "X"}).status_code == 403


def coordinator_of(institution):
    client = Caller()
    client.force_login(factories.coordinator(of=institution))
    return client


def test_a_coordinator_reads_the_own_programs_and_no_others(placement):
    owner = placement.slot.intake.program.owner
    theirs = placement.application.intake.program.owner
    assert owner != theirs
    factories.host_rating.make(slot=placement.slot, application=placement.application)
    text = read_all(coordinator_of(theirs), placement)
    assert "Sukarni" in text
    text = read_all(coordinator_of(owner), placement)
    assert str(placement.pk) in text
    text = read_all(coordinator_of(factories.ministry.make()), placement)
    assert "Sukarni" not in text
    assert str(placement.pk) not in text


def test_a_coordinator_reads_agreements_that_concern_the_own_programs():
    owner = factories.ministry.make()
    signed, used, _other = factories.agreement.make(_quantity=3)
    signed.parties.add(owner)
    factories.slot.make(intake__program__owner=owner, agreement=used)
    rows = coordinator_of(owner).send("get", "agreements/").json()["results"]
    assert {row["id"] for row in rows} == {str(signed.pk), str(used.pk)}


def test_two_institutions_use_the_same_code(sender, other_sender, home):
    body = {
        "code": "001",
        "given_name": "Suharti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": factories.country.make().pk,
        "home_institution": str(home.institution.pk),
        "kkni": 5,
        "isced_f": "0714",
    }
    first = sender.send("post", "participants/", body)
    second = other_sender.send("post", "participants/", body)
    assert (first.status_code, second.status_code) == (201, 201)
    [own] = sender.send("get", "participants/?code=001").json()["results"]
    assert own["id"] == first.json()["id"]
    again = sender.send("post", "participants/", body)
    assert again.status_code == 409
    assert again.json()["errors"][0]["pointer"] == "/code"
