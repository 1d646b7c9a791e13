"""Rights of a person: answered in time, and erased without a trace."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.urls import reverse

from api.models import IdempotencyRecord
from programs import national_ids
from programs.choices import RightsKind
from programs.domain import audit, erasures, invariants, personal_data, rights
from programs.models import AuditEvent, ImportBatch, Participant, PersonKey
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 15, 3, tzinfo=UTC)
NIK = "3273015705030001"
WORDS = ("Zulkarnain", "Qwertyanto", "ZQ-777", "zq@example.org", NIK)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def person():
    return factories.participant.make(
        code="ZQ-777",
        given_name="Zulkarnain",
        family_name="Qwertyanto",
        email="zq@example.org",
        nik=NIK,
        nik_hash=national_ids.keyed_hash(NIK),
    )


@pytest.fixture
def officer(person):
    return factories.coordinator(of=person.registered_by)


def dump():
    """Return every value of every table, decrypted, as one text."""
    values = [
        str(bytes(value) if isinstance(value, memoryview) else value)
        for model in apps.get_models()
        for row in model._base_manager.values_list()
        for value in row
    ]
    return "\n".join(values)


def lived(person, officer):
    """Leave traces of the person wherever the planner keeps any."""
    application = factories.application.make(
        participant=person, note="Zulkarnain asked twice."
    )
    factories.pin.make(application=application, reason="Zulkarnain knows the host.")
    placement = factories.placement.make(
        application=application, state="completed", reason="Qwertyanto went home."
    )
    factories.funding_line.make(placement=placement)
    person.given_name = "Zulkarnain A."
    person.save()
    reason = "visa of Zulkarnain Qwertyanto"
    personal_data.reveal(participant=person, by=officer, reason=reason, now=NOW)
    rights.receive(
        participant=person, kind="access", words="I, Qwertyanto", by=officer, now=NOW
    )
    IdempotencyRecord.objects.create(
        caller="key:x",
        route="/api/v1/participants/",
        key="1",
        body_digest="0" * 64,
        status=201,
        answer=json.dumps({"id": str(person.pk), "given_name": "Zulkarnain"}),
        created_at=NOW,
    )
    LogEntry.objects.create(
        user=officer,
        content_type=ContentType.objects.get_for_model(Participant),
        object_id=str(person.pk),
        object_repr=str(person),
        action_flag=ADDITION,
        change_message='[{"added": {"object": "Zulkarnain Qwertyanto"}}]',
    )
    factories.import_row.make(number=2, cells=json.dumps({"code": "ZQ-777"}))
    factories.import_batch.make(content=b"code,name\nZQ-777,Zulkarnain\n")
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as parts:
        parts.writestr("xl/sharedStrings.xml", "<si>ZQ-777 Zulkarnain</si>")
    factories.import_batch.make(content=book.getvalue())


def test_nothing_in_any_table_names_an_erased_person(person, officer):
    lived(person, officer)
    before = dump()
    for word in WORDS:
        assert word in before, word
    personal_data.erase(participant=person, by=officer, now=NOW)
    after = dump()
    assert [word for word in WORDS if word in after] == []
    assert audit.verify_chain().ok
    assert not PersonKey.objects.exists()
    assert {bool(batch.content) for batch in ImportBatch.objects.all()} == {False}


def test_a_reason_in_the_trail_is_read_with_the_persons_key_only(person, officer):
    lived(person, officer)
    entry = AuditEvent.objects.get(action="participants.reveal")
    assert "Zulkarnain" not in json.dumps(entry.data)
    held = personal_data.export_person(participant=person, by=officer, now=NOW)
    assert "visa of Zulkarnain Qwertyanto" in json.dumps(held["en"]["processing"])
    personal_data.erase(participant=person, by=officer, now=NOW)
    held = personal_data.export_person(participant=person, by=officer, now=NOW)
    assert "(erased)" in json.dumps(held["en"]["processing"])


def test_what_a_law_keeps_is_named(person, officer):
    assert personal_data.kept(person) == []
    lived(person, officer)
    [sentence] = personal_data.kept(person)
    assert "public money" in sentence


def test_others_are_not_forgotten_with_the_person(person, officer):
    lived(person, officer)
    other = factories.participant.make(code="BUDI-1", given_name="Budiman")
    factories.import_row.make(number=3, cells=json.dumps({"code": "BUDI-1"}))
    IdempotencyRecord.objects.create(
        caller="key:x",
        route="/api/v1/participants/",
        key="2",
        body_digest="0" * 64,
        status=201,
        answer=json.dumps({"id": str(other.pk)}),
        created_at=NOW,
    )
    personal_data.erase(participant=person, by=officer, now=NOW)
    assert "BUDI-1" in dump()
    assert IdempotencyRecord.objects.count() == 1


def test_a_restored_backup_forgets_again(person, officer):
    before = Participant.objects.filter(pk=person.pk).values().get()
    personal_data.erase(participant=person, by=officer, now=NOW)
    assert erasures.repeat(now=NOW) == 0
    Participant.objects.filter(pk=person.pk).update(
        **{name: before[name] for name in ("code", "given_name", "erased_at")}
    )
    assert erasures.came_back().get() == person
    broken = {breach.promise for breach in invariants.check(now=NOW)}
    assert "erased_people_stay_erased" in broken
    assert erasures.repeat(now=NOW) == 1
    assert "Zulkarnain" not in dump()
    assert erasures.repeat(now=NOW) == 0


def test_the_list_of_the_erased_names_nobody(person, officer, tmp_path):
    personal_data.erase(participant=person, by=officer, now=NOW)
    erasures.repeat(now=NOW)
    assert (tmp_path / erasures.NAME).read_text() == f"{person.pk}\n"


def test_a_request_is_due_in_three_times_24_hours(person, officer):
    row = rights.receive(
        participant=person, kind="correction", words="", by=officer, now=NOW
    )
    assert row.due_at == NOW + timedelta(hours=72)
    assert list(rights.waiting(officer)) == [row]
    with pytest.raises(Refusal) as caught:
        rights.answer(request=row, words=" ", by=officer, now=NOW)
    assert caught.value.code == "answer-missing"
    rights.answer(request=row, words="Mended.", by=officer, now=NOW)
    assert list(rights.waiting(officer)) == []
    with pytest.raises(Refusal) as caught:
        rights.answer(request=row, words="Again.", by=officer, now=NOW)
    assert caught.value.code == "answered-already"
    actions = AuditEvent.objects.filter(action__startswith="rights.")
    assert [entry.data["kind"] for entry in actions] == ["correction"] * 2


@pytest.mark.parametrize("role", ["partner", "auditor", "approver"])
def test_who_is_no_officer_takes_no_request(person, role):
    sender = factories.institution.make()  # who nominated, and did not register
    factories.application.make(participant=person, nominated_by=sender)
    other = factories.member(role, of=sender)
    with pytest.raises(Refusal):
        rights.receive(participant=person, kind="access", words="", by=other, now=NOW)


def page(person, name="rights"):
    return reverse(f"admin:programs_participant_{name}", args=[person.pk])


def test_an_officer_does_all_of_it_on_the_desk(client, person, officer):
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    client.post(page(person), {"receive": "1", "kind": "erasure", "words": "Please."})
    row = person.rights_requests.get()
    home = client.get(reverse("admin:index")).content.decode()
    assert "1 request of a person waits for an answer" in home
    held = client.post(page(person, "everything"))
    assert held.json()["en"]["person"]["code"] == "ZQ-777"
    assert client.get(page(person, "everything")).status_code == 302
    answer = {"answer": str(row.pk), "outcome": "granted", "words": "Done."}
    client.post(page(person), answer)
    row.refresh_from_db()
    assert row.answered_by == officer.actor
    client.post(page(person), {"erase": "1"})
    person.refresh_from_db()
    assert person.erased_at is None
    client.post(page(person), {"erase": "1", "confirmed": "yes"})
    person.refresh_from_db()
    assert person.erased_at


def test_who_registered_a_person_notes_what_the_person_asks_for(client, person):
    """Access, correction, objection, erasure: asked by the sender, done by officers."""
    sender = factories.partner(of=person.registered_by)
    application = factories.application.make(
        participant=person, nominated_by=person.registered_by
    )
    client.force_login(sender)
    change = reverse("admin:programs_participant_change", args=[person.pk])
    assert page(person) in client.get(change).content.decode()
    for kind in RightsKind.values:
        about = str(application.pk) if kind == RightsKind.OBJECTION else ""
        asked = {"receive": "1", "kind": kind, "words": "Please.", "application": about}
        assert client.post(page(person), asked).status_code == 302, kind
    asked = person.rights_requests
    assert set(asked.values_list("kind", flat=True)) == set(RightsKind.values)
    assert set(asked.values_list("received_by", flat=True)) == {sender.actor}
    shown = client.get(page(person)).content.decode()
    for button in ("answer", "restrict", "erase"):
        assert f'name="{button}"' not in shown
    assert page(person, "everything") not in shown
    consent = {"give": "1", "purpose": "disability", "given_on": "2026-01-04"}
    client.post(page(person), consent | {"evidence": "Form 12"})
    assert person.consents.get().recorded_by == sender.actor


@pytest.mark.parametrize("button", ["answer", "restrict", "lift", "erase"])
def test_who_registered_a_person_does_not_decide(client, person, button):
    client.force_login(factories.partner(of=person.registered_by))
    asked = factories.rights_request.make(participant=person)
    words = {"words": "x", "reason": "x", "outcome": "granted", "confirmed": "yes"}
    client.post(page(person), words | {button: str(asked.pk)})
    asked.refresh_from_db()
    person.refresh_from_db()
    assert (asked.answered_at, person.restricted_at, person.erased_at) == (None,) * 3


def test_a_host_and_another_sender_have_no_such_page(client, person):
    stay = factories.placement.make(application__participant=person, state="accepted")
    for institution, status in ((stay.slot.host, 403), (None, 404)):
        client.force_login(factories.partner(of=institution))
        for method in (client.get, client.post):
            assert method(page(person)).status_code == status


@pytest.mark.parametrize("role", ["auditor", "approver"])
def test_others_have_no_such_page(client, person, role):
    client.force_login(factories.member(role, of=person.registered_by))
    for name in ("rights", "everything"):
        assert client.get(page(person, name)).status_code == 403
        assert client.post(page(person, name)).status_code == 403


def test_who_registered_a_person_is_not_handed_what_is_held(client, person):
    client.force_login(factories.partner(of=person.registered_by))
    assert client.post(page(person, "everything")).status_code == 403


def test_another_officer_does_not_find_the_person(client, person):
    client.force_login(factories.coordinator())
    assert client.post(page(person, "everything")).status_code == 404


def test_the_api_answers_officers_and_nobody_else(client, person, officer):
    address = f"/api/v1/participants/{person.pk}/everything/"
    client.force_login(officer)
    assert client.get(address).json()["id"]["person"]["code"] == "ZQ-777"
    client.force_login(factories.partner(of=person.registered_by))
    assert client.get(address).status_code == 403


def test_the_commands_write_and_erase(person, tmp_path):
    file = tmp_path / "held.json"
    call_command("export_person", "ZQ-777", file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["en"]["person"]["nik"] == NIK
    with pytest.raises(CommandError, match="differ"):
        call_command("erase_person", "ZQ-777", confirm="ZQ-778")
    call_command("erase_person", "ZQ-777", confirm="ZQ-777")
    person.refresh_from_db()
    assert person.erased_at
    with pytest.raises(CommandError, match="Nobody has the code"):
        call_command("export_person", "ZQ-777", file)
