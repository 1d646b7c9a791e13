"""Consents and what rests on them; restriction; bases of transfer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from programs.choices import Disability, LegalBasis, Purpose, RightsKind
from programs.domain import (
    applications,
    audit,
    consents,
    personal_data,
    purposes,
    rights,
    slots,
    transfers,
)
from programs.eligibility import verdicts
from programs.models import (
    Application,
    AuditEvent,
    Consent,
    Participant,
    Placement,
    ProcessingPurpose,
)
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 15, 3, tzinfo=UTC)
DAY = date(2027, 1, 10)


@pytest.fixture
def application():
    """Somebody who asks for a slot in Malaysia."""
    slot = factories.slot.make()
    row = factories.application.make(intake=slot.intake)
    factories.preference.make(application=row, slot=slot)
    return row


@pytest.fixture
def person(application):
    return application.participant


@pytest.fixture
def officer(person):
    return factories.coordinator(of=person.registered_by)


def give(person, officer, purpose, **given):
    given = {"given_on": DAY, "evidence": "Form 7"} | given
    return consents.give(
        participant=person, purpose=purpose, by=officer, now=NOW, **given
    )


def rest_on_consent(purpose):
    row = ProcessingPurpose.objects.get(purpose=purpose)
    row.legal_basis = LegalBasis.CONSENT
    row.save()


def codes(application):
    """Return the rules against the person in the wished slot, today."""
    slot = application.preferences.get().slot
    (verdict,) = verdicts(application=application, slots=[slot], on=NOW.date())
    return [reason.code for reason in verdict.reasons]


def refusal(verb, **arguments):
    with pytest.raises(Refusal) as caught:
        verb(**arguments)
    return caught.value.code


def test_the_register_has_every_purpose_and_keeps_what_was_settled():
    assert set(purposes.register()) == set(Purpose.values)
    rest_on_consent(Purpose.STAY)
    purposes.ensure()
    assert purposes.rests_on_consent(Purpose.STAY)
    assert not purposes.rests_on_consent(Purpose.SELECTION)


def test_planning_that_rests_on_consent_needs_it_and_ends_with_it(
    application, person, officer
):
    assert codes(application) == []
    rest_on_consent(Purpose.SELECTION)
    assert codes(application) == ["no_consent"]
    assert consents.missing(person) == ["judging applications and proposing places"]
    row = give(person, officer, Purpose.SELECTION)
    assert codes(application) == []
    assert consents.missing(person) == []
    said = consents.withdraw(consent=row, by=officer, now=NOW)
    assert said[0].startswith("The person leaves every new plan.")
    assert codes(application) == ["no_consent"]


def test_what_rests_on_another_basis_goes_on_and_says_so(application, person, officer):
    row = give(person, officer, Purpose.SELECTION)
    (said,) = consents.withdraw(consent=row, by=officer, now=NOW)
    assert "rests on a public task and goes on" in said
    assert codes(application) == []


def test_a_country_may_ask_for_consent(application, person, officer):
    factories.transfer_basis.make(ground="consent", document="")
    assert codes(application) == ["no_consent"]
    japan = give(person, officer, Purpose.TRANSFER, country=factories.japan())
    assert codes(application) == ["no_consent"]
    row = give(person, officer, Purpose.TRANSFER, country=factories.malaysia())
    assert codes(application) == []
    (said,) = consents.withdraw(consent=row, by=officer, now=NOW)
    assert said.startswith("No new plan places the person in Malaysia.")
    assert codes(application) == ["no_consent"]
    (said,) = consents.withdraw(consent=japan, by=officer, now=NOW)
    assert said.startswith("Data go to Japan on another basis")


def test_a_withdrawn_disability_is_deleted(person, officer):
    person.disability = Disability.SENSORY
    person.save()
    row = give(person, officer, Purpose.DISABILITY)
    consents.withdraw(consent=row, by=officer, now=NOW)
    assert Participant.objects.get(pk=person.pk).disability == Disability.NONE
    assert refusal(consents.withdraw, consent=row, by=officer, now=NOW) == (
        "withdrawn-already"
    )


@pytest.mark.parametrize(
    ("purpose", "given", "code"),
    [
        (Purpose.ACCOUNTING, {}, "no-consent-needed"),
        (Purpose.SELECTION, {"given_on": date(2027, 1, 16)}, "given-later"),
        (Purpose.SELECTION, {"evidence": " "}, "invalid"),
        (Purpose.TRANSFER, {}, "invalid"),
    ],
)
def test_what_is_no_consent_is_refused(person, officer, purpose, given, code):
    arguments = {"given_on": DAY, "evidence": "Form 7"} | given
    assert code == refusal(
        consents.give,
        participant=person,
        purpose=purpose,
        by=officer,
        now=NOW,
        **arguments,
    )


def test_the_sender_records_consents_and_nobody_else(person):
    sender = factories.partner(of=person.registered_by)
    row = give(person, sender, Purpose.STAY)
    assert row.recorded_by == sender.actor
    for other in (factories.partner(), factories.auditor(), factories.coordinator()):
        assert refusal(consents.withdraw, consent=row, by=other, now=NOW) in (
            "forbidden",
            "not-found",
        )
    twin = {"participant": person, "purpose": Purpose.STAY, "by": sender, "now": NOW}
    code = refusal(consents.give, given_on=DAY, evidence="Twice", **twin)
    assert code == "consented-already"


def test_the_person_is_told_of_purposes_and_consents(person, officer):
    give(person, officer, Purpose.STAY)
    held = personal_data.export_person(participant=person, by=officer, now=NOW)
    (row,) = held["id"]["consents"]
    assert row["evidence"] == "Form 7"
    bases = {row["purpose"]: row["legal_basis"] for row in held["en"]["purposes"]}
    assert bases["carrying out a stay"] == "an agreement with the person"
    assert len(held["id"]["purposes"]) == len(Purpose)
    assert held["id"]["purposes"] != held["en"]["purposes"]


def test_evidence_goes_with_the_person_and_the_fact_is_named(person, officer):
    give(person, officer, Purpose.STAY, evidence="Signed by Sari")
    assert any("consented" in sentence for sentence in personal_data.kept(person))
    personal_data.erase(participant=person, by=officer, now=NOW)
    assert Consent.objects.get().evidence == "—"
    assert refusal(
        consents.give,
        participant=person,
        purpose=Purpose.SELECTION,
        given_on=DAY,
        evidence="x",
        by=officer,
        now=NOW,
    ) == ("erased")


def restrict(person, officer):
    rights.restrict(participant=person, reason="asked on 5 May", by=officer, now=NOW)


def test_restricted_a_person_is_only_kept(application, person, officer):
    slot = application.preferences.get().slot
    slot.intake.state = "closed"
    slot.intake.save()
    assert list(slots.candidates(slot=slot)) == [application]
    restrict(person, officer)
    assert codes(application) == ["restricted"]
    assert not Application.objects.in_pool().exists()
    assert not slots.candidates(slot=slot).exists()
    assert refusal(
        rights.restrict, participant=person, reason="x", by=officer, now=NOW
    ) == ("restricted-already")
    rights.lift(participant=person, reason="asked", by=officer, now=NOW)
    assert codes(application) == []
    assert Application.objects.in_pool().exists()
    entry = AuditEvent.objects.get(action="rights.restrict")
    assert "asked on" not in str(entry.data)
    assert audit.verify_chain().ok


def test_nobody_applies_for_a_restricted_person(person, officer):
    restrict(person, officer)
    intake = factories.intake.make(program__owner=person.registered_by, state="open")
    assert (
        refusal(
            applications.submit,
            participant=person,
            intake=intake,
            by=officer,
            now=datetime(2027, 1, 20, 3, tzinfo=UTC),
        )
        == "person-restricted"
    )


@pytest.mark.parametrize(
    ("state", "is_seen"),
    [
        ("accepted", False),
        ("confirmed", False),
        ("completed", False),
        ("arrived", True),
    ],
)
def test_hosts_see_no_restricted_person_but_in_a_stay_under_way(
    application, person, officer, state, is_seen
):
    slot = application.preferences.get().slot
    factories.placement.make(application=application, slot=slot, state=state)
    host = factories.partner(of=slot.host)
    sender = factories.partner(of=application.nominated_by)
    kinds = (Participant, Application, Placement)
    assert all(kind.objects.visible_to(host).exists() for kind in kinds)
    restrict(person, officer)
    for kind in kinds:
        assert kind.objects.visible_to(host).exists() == is_seen
        assert kind.objects.visible_to(sender).exists()


def test_only_officers_restrict_and_they_say_why(person, officer):
    sender = factories.partner(of=person.registered_by)
    arguments = {"participant": person, "now": NOW}
    assert refusal(rights.restrict, reason="x", by=sender, **arguments) == "forbidden"
    assert refusal(rights.restrict, reason=" ", by=officer, **arguments) == (
        "reason-missing"
    )
    assert refusal(rights.lift, reason="x", by=officer, **arguments) == (
        "not-restricted"
    )


def test_an_objection_names_the_decision_and_a_human_answers(
    application, person, officer
):
    kind = RightsKind.OBJECTION
    asked = {"participant": person, "kind": kind, "words": "Why?", "now": NOW}
    assert refusal(rights.receive, by=officer, **asked) == "application-missing"
    other = factories.application.make()
    assert refusal(rights.receive, by=officer, application=other, **asked) == "not-own"
    row = rights.receive(by=officer, application=application, **asked)
    key = type("Key", (), {"username": "key:1", "is_authenticated": True})()
    key.is_active, key.allows = True, officer.allows
    key.institution_ids = officer.institution_ids
    answered = {"request": row, "words": "Looked again.", "now": NOW}
    assert refusal(rights.answer, by=key, **answered) == "not-a-human"
    rights.answer(by=officer, outcome="refused", **answered)
    row.refresh_from_db()
    assert (row.outcome, row.answered_by) == ("refused", officer.actor)


def test_countries_without_a_basis_are_named():
    factories.transfer_basis.make(valid_to=NOW.date())
    hosts = {"ID", factories.malaysia().pk, factories.japan().pk}
    today = NOW.date()
    assert [row.pk for row in transfers.without_basis(hosts, on=today)] == ["JP"]
    transfers.require_basis({"ID", "MY"}, on=today)
    with pytest.raises(Refusal, match="Malaysia"):
        transfers.require_basis({"MY"}, on=today + timedelta(days=1))


def page(person):
    return reverse("admin:programs_participant_rights", args=[person.pk])


def test_an_officer_does_it_on_the_desk(client, application, person, officer):
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    send = {"give": "1", "purpose": "transfer", "evidence": "Form 9"}
    answer = client.post(page(person), send)
    assert "given on: This field is required." in answer.content.decode()
    send |= {"given_on": "2026-01-02", "country": "MY"}
    client.post(page(person), send)
    row = person.consents.get()
    assert (row.country_id, row.evidence) == ("MY", "Form 9")
    answer = client.post(page(person), {"withdraw": str(row.pk)}, follow=True)
    assert "on another basis" in answer.content.decode()
    client.post(page(person), {"restrict": "1", "reason": "asked"})
    assert Participant.objects.get(pk=person.pk).restricted_at
    assert "are only kept" in client.get(page(person)).content.decode()
    client.post(page(person), {"lift": "1", "reason": "asked"})
    assert Participant.objects.get(pk=person.pk).restricted_at is None
    asked = {"receive": "1", "kind": "objection", "words": "Why?"}
    client.post(page(person), asked)
    assert not person.rights_requests.exists()
    client.post(page(person), asked | {"application": str(application.pk)})
    assert person.rights_requests.get().application == application
    for wrong in ({"withdraw": "x"}, {"answer": "x"}, {"unknown": "1"}):
        assert client.post(page(person), wrong).status_code == 200


def test_the_command_does_it_for_a_named_human(application, person, officer, capsys):
    def do(*words):
        call_command("rights", "--by", officer.username, *words)
        return capsys.readouterr().out

    intake = application.intake.code
    assert "Answer due at" in do(
        *("receive", person.code, "objection", "--words", "Why?", "--intake", intake)
    )
    do("answer", person.code, "granted", "--words", "Looked again.")
    assert person.rights_requests.get().answered_by == officer.actor
    do("restrict", person.code, "--reason", "asked")
    do("lift", person.code, "--reason", "asked")
    given = ("--given-on", "2026-01-02", "--evidence", "Form 1", "--country", "MY")
    do("consent", person.code, "transfer", *given)
    assert "another basis" in do("withdraw", person.code, "transfer", "--country", "MY")
    with pytest.raises(CommandError, match="No such consent"):
        do("withdraw", person.code, "stay")
    with pytest.raises(CommandError, match="no account"):
        call_command("rights", "--by", "nobody", "lift", person.code, "--reason", "x")
