"""The outbox: nothing is told before it is ordered, and each number is true."""

import pytest
from django.core import mail

from planner.mailing import outbox, sending
from planner.mailing.audience import unreached
from planner.models import Mailing, Message
from programs.domain import personal_data
from programs.models import Participant, User
from programs.roles import Role
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda kind, pk: True)


@pytest.fixture
def run(solved, publish):
    publish(solved)
    solved.refresh_from_db()
    return solved


@pytest.fixture
def coordinator(client, world, run):
    """The browser of who runs the program; one of its people has no address."""
    user = factories.coordinator(of=run.intakes.first().program.owner)
    client.force_login(user)
    Participant.objects.filter(applications=world.strong).update(email="s@contoh.id")
    return client


def test_nothing_is_sent_before_it_is_ordered(coordinator, run, world, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    shown = text(coordinator.get(page("desk_outbox", run.pk)))
    assert "0 e-mails were taken by the mail server" in shown
    assert "Write to 1 person" in shown
    assert "kept in files, sent to nobody" in shown
    assert not Message.objects.exists()
    letter = page("desk_outbox_preview", run.pk, world.strong.pk)
    assert "Anda ditawari" in text(coordinator.get(letter))
    assert "You are offered" in text(coordinator.get(letter))
    assert not Message.objects.exists()


def test_an_order_is_no_sending(coordinator, run):
    answer = coordinator.post(page("desk_outbox", run.pk), follow=True)
    shown = text(answer)
    assert "1 e-mail was ordered; a worker sends it." in shown
    assert "0 e-mails were taken by the mail server" in shown
    sending.execute(Mailing.objects.get().pk)
    assert len(mail.outbox) == 1
    assert "You are offered" in mail.outbox[0].body
    shown = text(coordinator.get(page("desk_outbox", run.pk)))
    assert "1 e-mails were taken by the mail server; 0 people are still" in shown
    coordinator.post(page("desk_outbox", run.pk))
    assert Message.objects.count() == 1


def test_what_was_kept_in_files_is_sent_when_there_is_a_server(coordinator, run):
    coordinator.post(page("desk_outbox", run.pk))
    Message.objects.update(state="kept")
    shown = text(coordinator.get(page("desk_outbox", run.pk)))
    assert "Send 1 e-mail that was kept" in shown
    assert "0 e-mails were taken by the mail server" in shown
    coordinator.post(page("desk_outbox", run.pk), {"release": "1"})
    assert Message.objects.get().state == "queued"


def test_who_has_no_address_is_listed_with_the_sender(coordinator, run, world):
    shown = text(coordinator.get(page("desk_outbox", run.pk)))
    listed = shown.partition('id="without"')[2]
    assert world.weak.participant.code in listed
    assert world.strong.participant.code not in listed


def test_an_uncertain_message_is_shown_and_sent_again_by_a_person(coordinator, run):
    coordinator.post(page("desk_outbox", run.pk))
    message = Message.objects.get()
    Message.objects.update(state="uncertain")
    shown = text(coordinator.get(page("desk_outbox", run.pk)))
    assert "Not known to have arrived" in shown
    coordinator.post(page("desk_outbox_again", run.pk, message.pk))
    message.refresh_from_db()
    assert message.state == "queued"


def test_what_came_back_is_noted_and_gets_a_letter(coordinator, run, world):
    coordinator.post(page("desk_outbox", run.pk))
    sending.execute(Mailing.objects.get().pk)
    message = Message.objects.get()
    before = set(unreached(run, coordinator_of(coordinator)))
    there = coordinator.get(page("desk_outbox", run.pk))
    assert "What came back" in text(there)
    nobody = {"bounced": "Delivery to <other@contoh.id> failed."}
    answer = coordinator.post(page("desk_outbox", run.pk), nobody, follow=True)
    assert "Paste what came back" in text(answer)
    theirs = {"bounced": "To: <S@contoh.id>.\nFrom: mailer-daemon@contoh.id"}
    answer = coordinator.post(page("desk_outbox", run.pk), theirs, follow=True)
    assert "1 e-mail is noted as come back" in text(answer)
    message.refresh_from_db()
    assert message.state == "bounced"
    gained = set(unreached(run, coordinator_of(coordinator))) - before
    assert gained == {message.application}
    Participant.objects.filter(applications=world.strong).update(email="n@contoh.id")
    coordinator.post(page("desk_outbox_again", run.pk, message.pk))
    message.refresh_from_db()
    assert (message.state, message.email) == ("queued", "n@contoh.id")


def coordinator_of(client):
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_links_begin_as_the_site_is_called_outside(coordinator, run, settings):
    settings.SITE_URL = "https://desk.example.id"
    coordinator.post(page("desk_outbox", run.pk))
    assert "https://desk.example.id/" in Message.objects.get().body


def test_a_stranger_s_outbox_is_not_there(client, run):
    client.force_login(factories.coordinator())
    assert client.get(page("desk_outbox", run.pk)).status_code == 404
    client.force_login(factories.member(Role.AUDITOR))
    assert client.get(page("desk_outbox", run.pk)).status_code == 403


def test_an_unpublished_plan_has_no_outbox(client, world, solved):
    owner = solved.intakes.first().program.owner
    client.force_login(factories.coordinator(of=owner))
    assert client.get(page("desk_outbox", solved.pk)).status_code == 404


def test_an_erasure_empties_what_was_written(coordinator, run, world):
    Participant.objects.filter(applications=world.weak).update(email="w@contoh.id")
    coordinator.post(page("desk_outbox", run.pk))
    person = world.weak.participant
    officer = factories.administrator()
    person.refresh_from_db()
    sending.execute(Mailing.objects.get().pk)
    held = personal_data.export_person(participant=person, by=officer, now=NOW)
    assert "on the waiting list" in held["en"]["messages"][0]["body"]
    personal_data.erase(participant=person, by=officer, now=NOW)
    message = Message.objects.get(application=world.weak)
    assert (message.email, message.body) == ("", "")
