"""E-mails are sent once: whatever is cut off between server and row is uncertain."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db.models.functions import Now

from planner.mailing import outbox, sending
from planner.models import Mailing, Message, MessageState, Publication, RunState
from programs.refusals import Refusal
from tests import factories

NOW = datetime(2027, 1, 5, 3, tzinfo=UTC)
AGO = Now() - timedelta(seconds=1)
"""By the database's clock, which may stand still between two statements."""
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """Ring for nobody: each test serves what it wants to see served."""
    monkeypatch.setattr(outbox, "ring", lambda kind, pk: True)


@pytest.fixture
def publication():
    return Publication.objects.create(
        run=factories.allocation_run.make(),
        result_digest="0" * 64,
        published_by=factories.planner(),
        published_at=NOW,
    )


def letters(number=2):
    return [
        outbox.Letter(factories.application.make(), f"p{n}@contoh.id", "S", f"Text {n}")
        for n in range(number)
    ]


@pytest.fixture
def by():
    return factories.coordinator()


@pytest.fixture
def mailing(publication, by):
    return outbox.queue(publication, letters(), by=by, now=NOW)


def states():
    return sorted(Message.objects.values_list("state", flat=True))


def test_each_is_sent_once_and_said_to_be_sent_only_then(mailing):
    assert mail.outbox == []
    assert states() == ["queued", "queued"]
    assert sending.execute(mailing.pk) == RunState.SOLVED
    assert sorted(each.to[0] for each in mail.outbox) == [
        "p0@contoh.id",
        "p1@contoh.id",
    ]
    assert states() == ["sent", "sent"]
    assert sending.execute(mailing.pk) is None
    assert len(mail.outbox) == 2
    assert all(Message.objects.values_list("sent_at", flat=True))


def test_a_worker_killed_between_server_and_row_leaves_an_uncertain_message(
    mailing, monkeypatch
):
    def die(*_args, **_columns):
        raise SystemExit  # as a killed process: nothing after this is written

    monkeypatch.setattr(sending, "_settle", die)
    with pytest.raises(SystemExit):
        sending.execute(mailing.pk)
    assert len(mail.outbox) == 1
    assert states() == ["queued", "sending"]
    monkeypatch.undo()
    Mailing.objects.update(lease_until=AGO)  # the lease of the dead runs out
    assert sending.execute(mailing.pk) == RunState.SOLVED
    assert states() == ["sent", "uncertain"]
    assert len(mail.outbox) == 2
    assert len({each.to[0] for each in mail.outbox}) == 2


def test_what_the_server_refuses_is_not_uncertain(mailing, monkeypatch):
    def refuse(message, **_options):
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})

    monkeypatch.setattr(sending.EmailMessage, "send", refuse)
    sending.execute(mailing.pk)
    assert states() == ["refused", "refused"]
    assert "contoh.id" not in Message.objects.first().detail
    assert "550" in Message.objects.first().detail


def test_a_lost_connection_leaves_one_uncertain_and_the_rest_waiting(
    mailing, monkeypatch
):
    def lose(_message, **_options):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(sending.EmailMessage, "send", lose)
    sending.execute(mailing.pk)
    assert states() == ["queued", "uncertain"]


def test_a_server_that_nobody_reaches_refuses_the_rest_after_three_attempts(
    mailing, monkeypatch
):
    class Unreachable:
        def __enter__(self):
            raise ConnectionRefusedError

        def __exit__(self, *_args):
            return False

    monkeypatch.setattr(sending, "get_connection", Unreachable)
    for _attempt in range(3):
        Mailing.objects.update(lease_until=None, rung_at=None)
        sending.execute(mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == RunState.FAILED
    assert states() == ["refused", "refused"]
    assert set(Message.objects.values_list("detail", flat=True)) == {"not reached"}


def test_three_workers_that_died_leave_nothing_waiting(mailing):
    first = Message.objects.first()
    Message.objects.filter(pk=first.pk).update(state=MessageState.SENDING)
    running = {"state": RunState.RUNNING, "attempt": 3, "lease_until": AGO}
    Mailing.objects.update(**running)
    sending.end_hopeless()
    assert states() == ["refused", "uncertain"]


def test_only_a_person_sends_again(mailing, by):
    first, second = Message.objects.all()
    Message.objects.filter(pk=first.pk).update(state=MessageState.UNCERTAIN)
    Message.objects.filter(pk=second.pk).update(state=MessageState.SENT)
    again = outbox.send_again(first, by=by, now=NOW)
    sending.execute(again.pk)
    assert [each.to[0] for each in mail.outbox] == [first.email]
    with pytest.raises(Refusal, match="nothing is sent twice"):
        outbox.send_again(second, by=by, now=NOW)
    with pytest.raises(Refusal) as caught:
        outbox.send_again(first, by=factories.auditor(), now=NOW)
    assert caught.value.code == "forbidden"


def test_nobody_is_written_to_twice_about_one_publication(publication, by):
    written = letters()
    outbox.queue(publication, written, by=by, now=NOW)
    with pytest.raises(Refusal, match="Somebody else has just ordered"):
        outbox.queue(publication, written[:1], by=by, now=NOW)
    with pytest.raises(Refusal, match="has been written to"):
        outbox.queue(publication, [], by=by, now=NOW)
    assert Message.objects.count() == 2


def test_what_is_kept_in_files_is_not_said_to_be_sent(mailing, by, settings, tmp_path):
    server = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    sending.execute(mailing.pk)
    assert states() == ["kept", "kept"]
    assert not Message.objects.exclude(sent_at=None).exists()
    (file,) = tmp_path.iterdir()
    assert file.read_text().count("Message-ID:") == 2
    with pytest.raises(Refusal, match="no kept e-mail"):
        outbox.release(mailing.publication, by=factories.administrator(), now=NOW)
    settings.EMAIL_BACKEND = server
    admin = factories.administrator()
    again = outbox.release(mailing.publication, by=admin, now=NOW)
    sending.execute(again.pk)
    assert states() == ["sent", "sent"]
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("backend", "kept"),
    [("filebased", True), ("console", True), ("dummy", True), ("smtp", False)],
)
def test_files_are_sent_to_nobody(settings, backend, kept):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    assert outbox.is_kept() is kept
