"""One human is one, by NIK, by passport, through others, or by an officer's word."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from programs.audit_actions import AuditAction
from programs.domain import humans, participants, twins
from programs.models import AuditEvent, Participant
from programs.national_ids import passport_hash
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db
NIK = "0011226005010001"


@pytest.fixture
def officer():
    return factories.administrator()


def register(by, code, **fields):
    known = {
        "given_name": "Siti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship_id": "ID",
        "kkni": 6,
        "isced_f": "0714",
    }
    home = factories.institution.make()
    known |= {"home_institution": home, "registered_by": home, "code": code}
    made = Participant(**{**known, **fields})
    made.full_clean(exclude=["human_key"])
    entry = participants.Entry(made)
    participants.register_many(entries=[entry], by=by, now=NOW)
    return made


def key(person):
    return Participant.objects.values_list("human_key", flat=True).get(pk=person.pk)


def test_a_passport_names_a_human_with_the_citizenship(officer):
    factories.japan()
    one = register(officer, "A", passport="a 12345 67")
    other = register(officer, "B", passport="A1234567")
    foreign = register(officer, "C", passport="A1234567", citizenship_id="JP")
    assert key(one) == key(other) == passport_hash("ID", "A1234567")
    assert key(foreign) not in {key(one), ""}
    assert Participant.objects.get(pk=one.pk).passport == "A1234567"
    assert AuditEvent.objects.filter(
        action=AuditAction.PARTICIPANTS_KNOWN_ELSEWHERE
    ).exists()


def test_registrations_that_chain_by_different_ids_are_one(officer):
    by_nik = register(officer, "A", nik=NIK)
    by_passport = register(officer, "B", passport="A1234567")
    assert key(by_nik) != key(by_passport)
    both = register(officer, "C", nik=NIK, passport="A1234567")
    assert key(by_nik) == key(by_passport) == key(both)
    assert Participant.objects.get(pk=by_passport.pk).human == key(by_nik)
    participants.update(participant=both, by=officer, now=NOW, passport="B7654321")
    assert key(by_nik) == key(both) != key(by_passport)
    assert key(by_passport) == passport_hash("ID", "A1234567")


def test_a_passport_stands_once_in_an_institution(officer):
    one = register(officer, "A", passport="A1234567")
    with pytest.raises(Refusal) as refused:
        register(
            officer,
            "B",
            passport="A1234567",
            registered_by=one.registered_by,
            home_institution=one.home_institution,
        )
    assert refused.value.code == "duplicate-passport"
    with pytest.raises(Refusal) as refused:
        register(officer, "B", passport="A-1")
    assert refused.value.field == "passport"


def test_a_birth_date_that_disagrees_is_confirmed_by_an_officer(officer):
    person = register(officer, "A", nik=NIK, birth_date="2001-05-21")
    assert twins.doubtful(officer) == [person]
    with pytest.raises(Refusal, match="Say why"):
        twins.confirm(participant=person, by=officer, reason=" ", now=NOW)
    with pytest.raises(Refusal):
        twins.confirm(
            participant=person,
            by=factories.partner(of=person.registered_by),
            reason="mine",
            now=NOW,
        )
    twins.confirm(participant=person, by=officer, reason="certificate", now=NOW)
    assert twins.doubtful(officer) == []
    with pytest.raises(Refusal, match="not in doubt"):
        twins.confirm(participant=person, by=officer, reason="again", now=NOW)
    person.refresh_from_db()
    participants.update(participant=person, by=officer, now=NOW, kkni=5, sex="F")
    assert twins.doubtful(officer) == []


def test_likely_twins_are_joined_and_parted_by_an_officer(officer, capsys):
    one = register(officer, "A", given_name="Sitî", family_name="Aminah")
    other = register(officer, "B", given_name="SITI AMINAH")
    register(officer, "C", given_name="Siti Aminah", birth_date="2001-05-22")
    assert twins.likely(officer) == [[one, other]]
    call_command("list_doubles")
    shown = capsys.readouterr().out
    assert "one human: 0" in shown
    assert "likely: 1" in shown
    assert "Aminah" not in shown
    twins.join(people=[one, other], by=officer, reason="same card", now=NOW)
    assert key(one) == key(other) != ""
    assert twins.likely(officer) == []
    assert twins.doubles(officer) == [[one, other]]
    twins.part(people=[one, other], by=officer, reason="two cards", now=NOW)
    assert key(one) == key(other) == ""
    with pytest.raises(Refusal, match="at least two"):
        twins.join(people=[one], by=officer, reason="same card", now=NOW)


def test_two_niks_are_two_people(officer):
    one = register(officer, "A", nik=NIK)
    other = register(officer, "B", nik="0011226005010002")
    assert twins.likely(officer) == []
    with pytest.raises(Refusal, match="two people"):
        twins.join(people=[one, other], by=officer, reason="same", now=NOW)


def test_the_database_gives_a_human_one_place_in_an_intake():
    first = factories.slot.make()
    later = factories.slot.make(
        intake=first.intake,
        starts_on=first.ends_on,
        ends_on=first.ends_on + timedelta(days=90),
    )
    one, other = (factories.application.make(intake=first.intake) for _each in "ab")
    Participant.objects.update(joined="j" * 32)
    assert key(one.participant) == key(other.participant)
    factories.placement.make(application=one, slot=first)
    with pytest.raises(IntegrityError, match="one_place"), transaction.atomic():
        factories.placement.make(application=other, slot=later)
    Participant.objects.filter(pk=other.participant_id).update(joined="")
    factories.placement.make(application=other, slot=later)


def test_hashes_made_anew_are_linked_anew(officer):
    register(officer, "A", nik=NIK)
    bridge = register(officer, "B", nik=NIK, passport="A1234567")
    end = register(officer, "C", passport="A1234567")
    Participant.objects.filter(nik_hash=bridge.nik_hash).update(nik_hash="e" * 64)
    humans.link_all()
    assert key(end) == "e" * 64
