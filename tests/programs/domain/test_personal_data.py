"""A person's data: found, shown, exported and erased, each with a trace."""

import json
from datetime import UTC, date, datetime

import pytest

from programs import national_ids
from programs.domain import (
    applications,
    audit,
    participants,
    personal_data,
    sealing,
)
from programs.models import AuditEvent, ImportBatch, ImportRow, Participant
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 15, 3, tzinfo=UTC)
NIK = "3273015705030001"


@pytest.fixture
def person():
    return factories.participant.make(
        nik=NIK,
        nik_hash=national_ids.keyed_hash(NIK),
        disability="sensory",
        email="sari@example.org",
    )


@pytest.fixture
def officer(person):
    return factories.coordinator(of=person.registered_by)


def last_entry():
    return AuditEvent.objects.latest("sequence")


def test_found_by_nik_with_a_trace(person, officer):
    factories.participant.make(nik_hash="")
    found = personal_data.find_by_nik(nik=f" {NIK} ", by=officer, now=NOW)
    assert found == [person]
    assert last_entry().object_id == str(person.pk)


def test_a_search_in_vain_leaves_a_trace_too(officer):
    assert personal_data.find_by_nik(nik="1", by=officer, now=NOW) == []
    assert personal_data.find_by_nik(nik="", by=officer, now=NOW) == []
    assert (last_entry().actor, last_entry().data) == (officer.actor, {"found": 0})


def test_only_people_the_officer_may_see_are_found(person):
    stranger = factories.coordinator()
    assert personal_data.find_by_nik(nik=NIK, by=stranger, now=NOW) == []


@pytest.mark.parametrize("role", ["partner", "approver", "auditor"])
def test_who_is_no_officer_finds_and_sees_nothing(person, role):
    member = factories.member(role, of=person.registered_by)
    for call in (
        lambda: personal_data.find_by_nik(nik=NIK, by=member, now=NOW),
        lambda: personal_data.reveal(
            participant=person, by=member, reason="visa", now=NOW
        ),
        lambda: personal_data.export_person(participant=person, by=member, now=NOW),
        lambda: personal_data.erase(participant=person, by=member, now=NOW),
    ):
        with pytest.raises(Refusal) as refusal:
            call()
        assert refusal.value.kind == "forbidden"


def test_reveal_notes_who_and_why(person, officer):
    shown = personal_data.reveal(
        participant=person, by=officer, reason="Visa application", now=NOW
    )
    assert shown == (NIK, None, "sensory", [])
    kept = last_entry().data["reason"]
    assert sealing.opener(person.pk)(kept) == "Visa application"


def test_reveal_wants_a_reason(person, officer):
    with pytest.raises(Refusal) as refusal:
        personal_data.reveal(participant=person, by=officer, reason=" ", now=NOW)
    assert refusal.value.field == "reason"


def test_another_institutions_officer_reveals_nothing(person):
    with pytest.raises(Refusal) as refusal:
        personal_data.reveal(
            participant=person, by=factories.coordinator(), reason="visa", now=NOW
        )
    assert refusal.value.code == "not-found"


def lived(person):
    """Give the person a history in every table that knows people."""
    application = factories.application.make(
        participant=person, note="Sari asked twice."
    )
    factories.preference.make(application=application)
    factories.host_rating.make(
        application=application, score=None, is_veto=True, reason="Sari was late."
    )
    factories.pin.make(application=application, reason="Sari knows the host.")
    placement = factories.placement.make(
        application=application, state="completed", reason="Sari went home."
    )
    factories.placement_event.make(placement=placement, reason="Sari fell ill.")
    factories.skill_claim.make(participant=person)
    factories.language_certificate.make(participant=person)
    factories.availability.make(participant=person)
    factories.import_row.make(number=2, cells=json.dumps(["Sari", NIK]))
    factories.import_row.make(number=3, cells=json.dumps(["Budi", "32"]))
    mended = json.dumps({"cells": {"2": {"given_name": "Sari Wulandari", "nik": NIK}}})
    factories.import_batch.make(state="applied", mapping=mended)
    return application


def test_the_export_holds_everything_and_the_handling(person, officer):
    lived(person)
    personal_data.note_reading(participant=person, by=officer, now=NOW)
    data = personal_data.export_person(participant=person, by=officer, now=NOW)
    assert set(data) == {"id", "en"}
    for language in data.values():
        text = json.dumps(language)
        shown = language["person"]
        assert (shown["nik"], shown["disability"]) == (NIK, "sensory")
        for words in ("asked twice", "was late", "knows the host", "went home", "JLPT"):
            assert words in text
        actions = [entry["action"] for entry in language["processing"]]
        assert actions == ["participants.read"]
    assert data["id"] != data["en"]
    assert last_entry().action == "participants.export"


def test_erasure_leaves_no_word_of_the_person(person, officer):
    application = lived(person)
    person.given_name = "Sari W."
    person.save()
    personal_data.erase(participant=person, by=officer, now=NOW)
    person = Participant.objects.get(pk=person.pk)
    assert (person.nik, person.nik_hash, person.disability) == ("", "", "")
    assert person.birth_date == date(2003, 1, 1)
    assert person.erased_at == NOW
    assert not person.history.exists()
    assert [row.number for row in ImportRow.objects.all()] == [3]
    assert not ImportBatch.objects.filter(mapping__isnull=False).exists()
    data = personal_data.export_person(participant=person, by=officer, now=NOW)
    assert "Sari" not in json.dumps(data)
    application.refresh_from_db()
    assert application.placements.get().state == "completed"
    assert audit.verify_chain().ok


def test_what_the_person_waited_for_is_taken_back(person, officer):
    states = ["submitted", "eligible", "reserve", "unplaced", "withdrawn"]
    for state in states:
        factories.application.make(participant=person, state=state)
    personal_data.erase(participant=person, by=officer, now=NOW)
    left = set(person.applications.values_list("state", flat=True))
    assert left == {"withdrawn"}
    told = AuditEvent.objects.filter(action="applications.withdraw")
    assert told.count() == len(states) - 1


def test_nothing_is_added_to_somebody_who_was_erased(person, officer):
    personal_data.erase(participant=person, by=officer, now=NOW)
    intake = factories.slot.make(intake__state="open").intake
    by = factories.coordinator(of=intake.program.owner)
    for act in (
        lambda: applications.submit(
            participant=person,
            intake=intake,
            by=by,
            now=datetime(2027, 2, 1, tzinfo=UTC),
        ),
        lambda: participants.update(
            participant=person, by=officer, now=NOW, given_name="Sari"
        ),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code == "erased"


def test_erasing_again_changes_nothing(person, officer):
    for _ in range(2):
        personal_data.erase(participant=person, by=officer, now=NOW)
    person.refresh_from_db()
    assert person.erased_at == NOW


@pytest.mark.parametrize("state", ["offered", "confirmed", "departed", "arrived"])
def test_who_has_a_place_is_not_erased(person, officer, state):
    factories.placement.make(application__participant=person, state=state)
    with pytest.raises(Refusal) as refusal:
        personal_data.erase(participant=person, by=officer, now=NOW)
    assert refusal.value.code == "person-placed"
