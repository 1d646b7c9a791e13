"""Lists: what changed, only some fields, an order, words; tags and short answers."""

import gzip
import json
from datetime import timedelta

import pytest
import time_machine

from programs import clock
from programs.choices import PlacementState
from programs.domain import participants, personal_data, placements, slots
from programs.domain.actors import SYSTEM
from tests import factories

from .conftest import NOW
from .test_errors import problem

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
SINCE = "2027-02-01T03:30:00Z"


def changes(caller, route, **more):
    """Return (ids of rows, ids of what is gone) since half past three."""
    query = {"modified_since": SINCE, **more}
    answer = caller.get(f"/api/v1/{route}/", query).json()
    return [row["id"] for row in answer["results"]], answer["gone"]


def register(sender, code="P-1"):
    return participants.register(
        by=factories.partner(of=sender.institution),
        now=clock.now(),
        code=code,
        given_name="Suharti",
        birth_date=NOW.date() - timedelta(days=9000),
        sex="F",
        citizenship=factories.country.make(),
        home_institution=sender.institution,
        kkni=5,
        isced_f="0714",
    )


def test_only_what_changed_since(sender):
    old, changed = register(sender, "P-1"), register(sender, "P-2")
    with time_machine.travel(LATER, tick=False):
        by = factories.partner(of=sender.institution)
        participants.update(participant=changed, by=by, now=LATER, kkni=6)
    seen, gone = changes(sender, "participants")
    assert seen == [str(changed.pk)]
    assert str(old.pk) not in seen
    assert gone == []


def test_an_erased_person_is_a_tombstone_without_a_name(sender):
    person = register(sender)
    with time_machine.travel(LATER, tick=False):
        personal_data.erase(participant=person, by=SYSTEM, now=LATER)
    assert changes(sender, "participants") == ([], [str(person.pk)])


def test_a_person_given_to_another_institution_is_gone_for_the_first(
    sender, other_sender
):
    person = register(sender)
    with time_machine.travel(LATER, tick=False):
        participants.update(
            participant=person,
            by=factories.coordinator(of=factories.ministry.make()),
            now=LATER,
            registered_by=other_sender.institution,
        )
    assert changes(sender, "participants") == ([], [str(person.pk)])
    assert changes(other_sender, "participants") == ([str(person.pk)], [])


def test_nobody_has_a_tombstone_of_what_they_were_never_told(sender, other_sender):
    person = register(sender)
    with time_machine.travel(LATER, tick=False):
        personal_data.erase(participant=person, by=SYSTEM, now=LATER)
    assert changes(other_sender, "participants") == ([], [])


def test_a_host_loses_the_nomination_of_who_declines(sender, host):
    placement = factories.placement.make(
        application__nominated_by=sender.institution,
        slot__host=host.institution,
        state=PlacementState.ACCEPTED,
    )
    with time_machine.travel(LATER, tick=False):
        placements.decline(
            placement=placement,
            by=factories.partner(of=sender.institution),
            now=LATER,
        )
    nomination = str(placement.application_id)
    assert changes(host, "nominations") == ([], [nomination])
    assert changes(host, "placements") == ([str(placement.pk)], [])
    assert changes(sender, "nominations") == ([nomination], [])


def test_a_slot_taken_back_is_gone_for_senders_and_changed_for_its_host(sender, host):
    slot = factories.slot.make(
        host=host.institution, intake=factories.intake.make(), state="open"
    )
    proposed = factories.slot.make(
        host=host.institution, intake=slot.intake, state="proposed"
    )
    with time_machine.travel(LATER, tick=False):
        by = factories.partner(of=host.institution)
        for each in (slot, proposed):
            slots.withdraw(slot=each, by=by, now=LATER)
    assert changes(sender, "slots") == ([], [str(slot.pk)])
    seen, gone = changes(host, "slots")
    assert sorted(seen) == sorted([str(slot.pk), str(proposed.pk)])
    assert gone == []


def test_a_filter_does_not_make_tombstones(sender):
    changed = register(sender)
    assert changes(sender, "participants", modified_since="2027-01-01T00:00:00Z") == (
        [str(changed.pk)],
        [],
    )
    query = {"modified_since": "2027-01-01T00:00:00Z", "code": "P-2"}
    assert changes(sender, "participants", **query) == ([], [])


def test_changes_come_page_by_page(sender):
    people = [register(sender, f"P-{number}") for number in range(5)]
    personal_data.erase(participant=people[0], by=SYSTEM, now=NOW)
    address = "/api/v1/participants/?page_size=2&modified_since=2027-01-01T00:00:00Z"
    seen, gone = [], []
    while address:
        answer = sender.get(address).json()
        seen += [row["id"] for row in answer["results"]]
        gone += answer["gone"]
        address = answer["next"]
    assert sorted(seen) == sorted(str(person.pk) for person in people[1:])
    assert gone == [str(people[0].pk)]


@pytest.mark.parametrize("text", ["yesterday", "2027-02-01", "2027-02-01T03:00:00"])
def test_a_moment_needs_its_zone(sender, text):
    data = problem(
        sender.get("/api/v1/slots/", {"modified_since": text}), 400, "invalid"
    )
    assert data["errors"][0]["pointer"] == "/modified_since"


def test_only_the_fields_asked_for(sender):
    slot = factories.slot.make(intake=factories.intake.make(), state="open")
    listed = sender.get("/api/v1/slots/?fields=id,code").json()["results"]
    assert listed == [{"id": str(slot.pk), "code": slot.code}]
    one = sender.get(f"/api/v1/slots/{slot.pk}/?fields=code")
    assert one.json() == {"code": slot.code}
    assert one["ETag"] == sender.get(f"/api/v1/slots/{slot.pk}/")["ETag"]


def test_fields_left_out_are_not_looked_up(sender, django_assert_max_num_queries):
    factories.slot.make(intake=factories.intake.make(), state="open")
    sender.get("/api/v1/slots/")
    with django_assert_max_num_queries(3):
        sender.get("/api/v1/slots/?fields=id,code")


@pytest.mark.parametrize("route", ["placements", "nominations"])
def test_fields_hide_what_is_not_the_readers_as_ever(sender, host, route):
    placement = factories.placement.make(
        application__nominated_by=sender.institution,
        application__note="ill",
        slot__host=host.institution,
        state=PlacementState.ACCEPTED,
        reason="because",
    )
    fields = {"placements": "reason,state", "nominations": "note,state"}[route]
    pk = {"placements": placement.pk, "nominations": placement.application_id}[route]
    assert set(
        sender.get(f"/api/v1/{route}/?fields={fields}").json()["results"][0]
    ) == {*fields.split(",")}
    text = host.get(f"/api/v1/{route}/{pk}/?fields={fields}").content.decode()
    assert "ill" not in text


def test_an_unknown_field_is_refused_with_those_there_are(sender):
    data = problem(sender.get("/api/v1/slots/?fields=id,price"), 400, "invalid")
    assert data["errors"][0]["pointer"] == "/fields"
    assert "role_title" in data["detail"]


@pytest.mark.parametrize("ordering", ["starts_on", "-starts_on", "city", "-id"])
def test_every_order_goes_through_all_pages_and_back(sender, ordering):
    intake = factories.intake.make()
    for number in range(7):
        day = NOW.date() + timedelta(days=90 + number // 3)
        factories.slot.make(intake=intake, state="open", starts_on=day)
    address, pages = f"/api/v1/slots/?page_size=2&ordering={ordering}", []
    while address:
        pages.append(sender.get(address).json())
        address = pages[-1]["next"]
    rows = [row for page in pages for row in page["results"]]
    name = ordering.removeprefix("-")
    keys = [(row[name], row["id"]) for row in rows]
    assert len(set(keys)) == 7
    assert keys == sorted(keys, reverse=ordering.startswith("-"))
    assert sender.get(pages[-1]["previous"]).json()["results"] == pages[-2]["results"]


def test_a_cursor_of_another_order_is_refused(sender):
    factories.slot.make(_quantity=3, intake=factories.intake.make(), state="open")
    address = sender.get("/api/v1/slots/?page_size=2&ordering=code").json()["next"]
    answer = sender.get(address.replace("ordering=code", "ordering=city"))
    problem(answer, 400, "invalid")


def test_an_unknown_order_names_those_there_are(sender):
    data = problem(sender.get("/api/v1/slots/?ordering=note"), 400, "invalid")
    assert data["errors"][0]["pointer"] == "/ordering"
    assert "starts_on" in data["detail"]


@pytest.mark.parametrize("text", ["WELD", "åsa weld", "weld  ÅSA"])
def test_search_folds_the_case_of_every_letter(sender, text):
    intake = factories.intake.make()
    found = factories.slot.make(
        intake=intake, state="open", role_title_en="Welder", city="Åsa"
    )
    factories.slot.make(intake=intake, state="open", role_title_en="Nurse", city="Åsa")
    rows = sender.get("/api/v1/slots/", {"search": text}).json()["results"]
    assert [row["id"] for row in rows] == [str(found.pk)]


@pytest.mark.parametrize("text", ["50%", "a_b", ".*", "("])
def test_signs_in_a_search_mean_themselves(sender, text):
    factories.slot.make(intake=factories.intake.make(), state="open", city="axb")
    answer = sender.get("/api/v1/slots/", {"search": text})
    assert answer.json()["results"] == []


def test_people_are_not_searched_for_where_their_names_are_hidden(host):
    problem(host.get("/api/v1/placements/?search=x"), 400, "unknown-parameter")


@pytest.mark.parametrize("path", ["slots/", "slots/{}/", "reference/skills/"])
def test_what_is_known_is_not_sent_again(sender, path):
    slot = factories.slot.make(intake=factories.intake.make(), state="open")
    address = "/api/v1/" + path.format(slot.pk)
    first = sender.get(address)
    again = sender.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    slot.city = "Ipoh"
    slot.save()
    third = sender.get(address, headers={"If-None-Match": first["ETag"]})
    assert third.status_code == (304 if "skills" in path else 200)


def test_a_corrected_name_is_another_tag_though_no_step_was_made(sender):
    placement = factories.placement.make(application__nominated_by=sender.institution)
    address = f"/api/v1/placements/{placement.pk}/"
    tag = sender.get(address)["ETag"]
    person = placement.application.participant
    person.given_name = "Another"
    person.save()
    assert sender.get(address, headers={"If-None-Match": tag}).status_code == 200
    step = sender.send("post", f"placements/{placement.pk}/accept/", If_Match=tag)
    assert step.status_code == 200, "the version is the same"


def test_long_answers_to_a_key_are_compressed_and_their_tag_is_understood(sender):
    factories.slot.make(_quantity=3, intake=factories.intake.make(), state="open")
    plain = sender.get("/api/v1/slots/")
    small = sender.get("/api/v1/slots/", headers={"Accept-Encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(plain.content) / 2
    assert json.loads(gzip.decompress(small.content)) == plain.json()
    assert small["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in small["Vary"]
    for tag in (small["ETag"], plain["ETag"], f"W/{plain['ETag']}"):
        again = sender.get("/api/v1/slots/", headers={"If-None-Match": tag})
        assert again.status_code == 304


def test_a_compressed_tag_serves_as_if_match(sender):
    person = register(sender)
    address = f"/api/v1/participants/{person.pk}/"
    tag = sender.get(address)["ETag"][:-1] + '-gzip"'
    change = {"given_name": "Sri"}
    answer = sender.send("patch", f"participants/{person.pk}/", change, If_Match=tag)
    assert answer.status_code == 200


def test_gzip_that_is_refused_is_not_sent(sender):
    factories.slot.make(_quantity=3, intake=factories.intake.make(), state="open")
    answer = sender.get("/api/v1/slots/", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer


def test_nothing_is_compressed_or_kept_for_who_is_signed_in(client):
    """What a browser sends by itself could be read from the lengths of answers."""
    factories.slot.make(_quantity=3, intake=factories.intake.make(), state="open")
    client.force_login(factories.partner())
    answer = client.get("/api/v1/slots/", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
    assert answer["Cache-Control"] == "no-store"


def test_a_key_may_keep_what_it_asks_for_again(sender):
    assert sender.get("/api/v1/slots/")["Cache-Control"] == "private, no-cache"
