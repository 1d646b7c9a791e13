"""What was written to a person goes with the person, also out of files."""

import pytest
from django.core.mail import EmailMessage, get_connection

from planner.mailing import forgetting, outbox
from planner.models import Message
from tests import factories
from tests.planner.mailing.test_sending import NOW, letters, publication  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def messages(publication, monkeypatch):  # noqa: F811
    monkeypatch.setattr(outbox, "ring", lambda kind, pk: True)
    outbox.queue(publication, letters(3), by=factories.coordinator(), now=NOW)
    return list(Message.objects.order_by("subject", "pk"))


@pytest.fixture
def folder(settings, tmp_path, messages):
    """Three messages in two files, as Django keeps them, and one of somebody else."""
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    for some in (messages[:2], messages[2:]):
        with get_connection() as server:
            for message in some:
                headers = {"Message-ID": f"<{message.pk}.{message.mailing_id}@planner>"}
                EmailMessage(
                    "S",
                    f"Kepada {message.pk}",
                    to=["x@contoh.id"],
                    headers=headers,
                    connection=server,
                ).send()
    (tmp_path / "other.log").write_text("Message-ID: <somebody@else>\n\nHello\n")
    return tmp_path


def all_of(folder):
    return "".join(path.read_text() for path in folder.iterdir())


def test_messages_of_the_person_go_and_the_others_stay(folder, messages):
    first, second, third = messages
    before = all_of(folder)
    forgetting.forget(ids=[str(first.application_id)], words=[])
    after = all_of(folder)
    assert str(first.pk) in before
    assert str(first.pk) not in after
    assert f"Kepada {second.pk}" in after
    assert f"Kepada {third.pk}" in after
    assert "Hello" in after


def test_a_file_with_nothing_left_is_deleted(folder, messages):
    names = {path.name for path in folder.iterdir()}
    forgetting.forget(ids=[str(messages[2].application_id)], words=[])
    assert len(names) - len(list(folder.iterdir())) == 1


def test_who_was_never_written_to_changes_nothing(folder):
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    forgetting.forget(ids=[str(factories.application.make().pk)], words=[])
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
