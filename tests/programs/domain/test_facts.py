"""Facts that the ministry defines: stated, confirmed, masked, erased."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from programs.choices import FactParty
from programs.domain import facts, participants, personal_data
from programs.models import AuditEvent, PersonFact
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)
DAY = date(2027, 1, 5)


@pytest.fixture
def person():
    return factories.participant.make()


@pytest.fixture
def sender(person):
    return factories.partner(of=person.registered_by)


def state(person, by, *, name="facts", **fact):
    line = {"value": "14", "valid_from": DAY} | fact
    participants.update(participant=person, by=by, now=NOW, **{name: [line]})
    return PersonFact.objects.get(definition=line["definition"])


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("number", " 14,5 ", "14.5"),
        ("number", "x", None),
        ("number", "1e3", None),
        ("truth", "Ya", "yes"),
        ("truth", "false", "no"),
        ("truth", "maybe", None),
        ("day", "2027-02-28", "2027-02-28"),
        ("day", "2027-02-30", None),
        ("code", "Pass", "pass"),
        ("code", "two words", None),
        ("code", "3", None),
    ],
)
def test_a_value_is_kept_in_one_form(kind, typed, kept):
    assert facts.usual(kind, typed) == kept


def test_what_a_sender_states_waits_for_an_officer(person, sender):
    definition = factories.fact_definition.make(is_verified=True, valid_months=12)
    fact = state(person, sender, definition=definition)
    assert (fact.value, fact.valid_to, fact.verified_at) == (
        "14",
        date(2028, 1, 4),
        None,
    )
    with pytest.raises(Refusal) as refused:
        facts.verify(fact=fact, by=sender, now=NOW)
    assert refused.value.code == "forbidden"
    officer = factories.coordinator()
    facts.verify(fact=fact, by=officer, now=NOW)
    assert (fact.verified_at, fact.verified_by) == (NOW, officer.username)
    assert AuditEvent.objects.filter(action="participants.verify").count() == 1
    with pytest.raises(Refusal) as refused:
        facts.verify(fact=fact, by=officer, now=NOW)
    assert refused.value.code == "already-verified"
    # Stated again as it was it stays confirmed.
    assert state(person, sender, definition=definition).verified_at == NOW


def test_what_an_officer_states_is_confirmed_at_once(person):
    officer = factories.coordinator()
    fact = state(person, officer, definition=factories.fact_definition.make())
    assert fact.verified_by == officer.username


@pytest.mark.parametrize(
    ("definition", "line", "code", "field"),
    [
        ({"stated_by": FactParty.OFFICER}, {}, "forbidden", "facts/0/fact"),
        ({"kind": "truth"}, {}, "fact-value", "facts/0/value"),
        ({"is_sensitive": True}, {}, "fact-list", "facts/0/fact"),
        ({}, {"valid_to": date(2027, 1, 4)}, "out-of-order", "facts/0/valid_to"),
        ({}, {"evidence": "a:b"}, "invalid", "facts/0/evidence"),
    ],
)
def test_what_may_not_be_stated(person, sender, definition, line, code, field):
    defined = factories.fact_definition.make(**definition)
    with pytest.raises(Refusal) as refused:
        state(person, sender, definition=defined, **line)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not PersonFact.objects.exists()


def test_open_and_sensitive_lists_leave_each_other_alone(person, sender):
    open_ = factories.fact_definition.make()
    secret = factories.fact_definition.make(kind="truth", is_sensitive=True)
    state(person, sender, name="sensitive_facts", definition=secret, value="no")
    state(person, sender, definition=open_)
    assert person.facts.count() == 2
    shown = person.facts.filter(definition__is_sensitive=False)
    assert [fact.definition for fact in shown] == [open_]
    participants.update(participant=person, by=sender, now=NOW, facts=[])
    assert person.facts.get().definition == secret


def test_a_value_is_encrypted_revealed_with_a_trace_and_erased(person, sender):
    secret = factories.fact_definition.make(kind="code", is_sensitive=True)
    state(person, sender, name="sensitive_facts", definition=secret, value="hepatitis")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM programs_personfact")
        assert "hepatitis" not in str(cursor.fetchall())
    assert "hepatitis" not in str(list(AuditEvent.objects.values()))
    officer = factories.coordinator()
    factories.application.make(
        participant=person, intake__program__owner=_owner(officer)
    )
    shown = personal_data.reveal(participant=person, by=officer, reason="x", now=NOW)
    assert [fact.value for fact in shown.facts] == ["hepatitis"]
    assert AuditEvent.objects.filter(action="participants.reveal").exists()
    held = personal_data.export_person(participant=person, by=officer, now=NOW)
    assert "hepatitis" in str(held["en"]["facts"])
    factories.education.make(participant=person)
    factories.employment.make(participant=person)
    personal_data.erase(participant=person, by=factories.administrator(), now=NOW)
    for rows in (person.facts, person.education, person.employment):
        assert not rows.exists()


def _owner(user):
    return user.memberships.get().institution


def test_a_graduate_has_a_day(person, sender):
    study = {"level": "s1", "isced_f": "0714", "institution": "Polban"}
    for line in (
        {"status": "graduated"},
        {"status": "active", "graduated_on": DAY},
    ):
        with pytest.raises(Refusal) as refused:
            participants.update(
                participant=person, by=sender, now=NOW, education=[study | line]
            )
        assert refused.value.field == "education/0/graduated_on"


def test_a_senders_list_keeps_what_an_officer_has_stated_or_confirmed(person, sender):
    officer = factories.coordinator()
    by_officer = factories.fact_definition.make(stated_by=FactParty.OFFICER)
    asked, free = factories.fact_definition.make(_quantity=2)
    state(person, officer, definition=by_officer, value="80")
    confirmed = factories.person_fact.make(
        participant=person, definition=asked, value="14", valid_from=DAY
    )
    facts.verify(fact=confirmed, by=officer, now=NOW)
    factories.person_fact.make(
        participant=person, definition=free, value="3", valid_from=DAY
    )
    for lines in ([], [{"definition": asked, "value": " 14 ", "valid_from": DAY}]):
        participants.update(participant=person, by=sender, now=NOW, facts=lines)
        found = {row.definition: row for row in person.facts.all()}
        assert set(found) == {by_officer, asked}
        assert (found[asked].pk, found[asked].verified_by) == (
            confirmed.pk,
            officer.username,
        )
    # An untouched list, the officer's own line among it, is taken as it is.
    untouched = [
        {"definition": row.definition, "value": row.value, "valid_from": DAY}
        for row in person.facts.all()
    ]
    participants.update(participant=person, by=sender, now=NOW, facts=untouched)
    later = {"definition": asked, "value": "19", "valid_from": date(2027, 1, 20)}
    participants.update(participant=person, by=sender, now=NOW, facts=[later])
    values = person.facts.order_by("valid_from").values_list("value", "verified_by")
    by = officer.username
    assert set(values) == {("80", by), ("14", by), ("19", "")}


@pytest.mark.parametrize(
    "said", [{"value": "15"}, {"evidence": "letter"}, {"valid_to": date(2029, 1, 1)}]
)
def test_a_sender_cannot_say_otherwise_of_a_confirmed_day(person, sender, said):
    definition = factories.fact_definition.make()
    state(person, factories.coordinator(), definition=definition)
    with pytest.raises(Refusal) as error:
        state(person, sender, definition=definition, **said)
    assert (error.value.code, error.value.field) == ("fact-confirmed", "facts/0/value")
    assert person.facts.get().value == "14"


def test_an_officers_list_replaces_all(person):
    officer = factories.coordinator()
    state(person, officer, definition=factories.fact_definition.make())
    participants.update(participant=person, by=officer, now=NOW, facts=[])
    assert not person.facts.exists()
