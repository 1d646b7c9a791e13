"""Somebody who left a trace wherever the planner keeps any is erased: nothing is left.

The whole database is searched, as SQL would dump it and as the planner reads it
(decrypted, unpacked), with every file beside it; again after an older backup was
restored. What proves decisions still proves them.
"""

import gzip
import io
import sqlite3
import zipfile
from datetime import date

import numpy as np
import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from api.hooks import endpoints
from api.models import InstitutionKey
from planner.allocation.decisions import publish
from planner.allocation.vacancies import suggestions
from planner.models import MoveUp
from programs.domain import (
    applications,
    audit,
    consents,
    erasures,
    host_ratings,
    personal_data,
    pins,
    placements,
)
from programs.models import Application, Participant, Placement, ReserveEntry
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, suggest

pytestmark = pytest.mark.django_db(transaction=True)
NIK = "3273014912030001"
BORN = date(2003, 12, 9)
NAME = "Zulkarnain Qwertyanto"
WORDS = ("zulkarnain", "qwertyanto", "zq-777", "zq@example.org", NIK, "2003-12-09")
"""What must be nowhere, whatever its case."""
SAID = (
    "limps a little",
    "knows the host",
    "too shy",
    "cousin",
    "was rude",
)
"""Free text about the person, in the words of others."""
SEALED = "late by ship"
"""What the trail says about the person, which the person's key alone opens."""


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    settings.WEBHOOKS_ANYWHERE = True


def readable(value):
    """Return a value of the database as text; files unpacked, arrays listed."""
    if isinstance(value, memoryview):
        value = bytes(value)
    if not isinstance(value, bytes):
        return str(value)
    if value[:2] == b"\x1f\x8b":
        return readable(gzip.decompress(value))
    if value[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(value)) as book:
            return "\n".join(readable(book.read(name)) for name in book.namelist())
    if value[:6] == b"\x93NUMPY":
        return str(np.load(io.BytesIO(value), allow_pickle=False).tolist())
    return value.decode("utf-8", errors="replace")


def tables():
    """Return every value of every table, as it lies there."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from row


def rows():
    """Return every value of every row, decrypted."""
    for model in apps.get_models():
        for row in model._base_manager.values_list():
            yield from row


def everything(folder):
    """Return all that is kept, in the database and beside it, as one text."""
    values = [readable(value) for source in (tables(), rows()) for value in source]
    files = [path for path in folder.rglob("*") if path.is_file()]
    values += [path.name + readable(path.read_bytes()) for path in files]
    return "\n".join(values).lower()


def found(folder):
    """Return which of the words are still somewhere."""
    text = everything(folder)
    return [word for word in (*WORDS, *SAID) if word in text]


def said(person, officer):
    """Return what the person is told that is held, as one text."""
    held = personal_data.export_person(participant=person, by=officer, now=NOW)
    assert held["en"].keys() == held["id"].keys()
    return str(held)


@pytest.fixture
def sender():
    return factories.institution.make()


@pytest.fixture
def person(world, sender):
    """Somebody whom a partner registered over the API, and an officer corrected."""
    _key, secret = InstitutionKey.objects.create_key(
        name="test", institution=sender, scopes=["nominate"]
    )
    endpoints.register(
        institution_id=sender.pk,
        url="http://127.0.0.1:9/hook",
        by=factories.administrator(),
        now=NOW,
    )
    body = {
        "code": "ZQ-777",
        "given_name": "Zulkarnain",
        "family_name": "Qwertyanto",
        "birth_date": BORN.isoformat(),
        "sex": "F",
        "citizenship": factories.indonesia().pk,
        "home_institution": str(sender.pk),
        "kkni": 5,
        "isced_f": "0714",
        "email": "zq@example.org",
        "nik": NIK,
    }
    answer = Client().post(
        "/api/v1/participants/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Api-Key {secret}", "Idempotency-Key": "once"},
    )
    assert answer.status_code == 201, answer.content
    return Participant.objects.get(code="ZQ-777")


def on_the_desk(world, person, officer):
    """Leave what pages leave: the admin's log, history, a file that waits."""
    client = Client()
    client.force_login(officer)
    LogEntry.objects.create(
        user=officer,
        content_type=ContentType.objects.get_for_model(Participant),
        object_id=str(person.pk),
        object_repr=str(person),
        action_flag=ADDITION,
        change_message=f'[{{"added": {{"object": "{NAME}"}}}}]',
    )
    person.given_name = "Zulkarnain A."
    person.save()
    client.post(
        reverse("admin:programs_participant_rights", args=[person.pk]),
        {"receive": "1", "kind": "access", "words": f"I, {NAME}, ask"},
    )
    client.post(
        reverse("admin:programs_participant_reveal", args=[person.pk]),
        {"reason": f"visa of {NAME}"},
    )
    content = f"code,given_name\nZQ-777,{NAME}\nZQ-777,{NAME}\n".encode()
    client.post(
        reverse("admin:desk_import"),
        {
            "kind": "participants",
            "file": SimpleUploadedFile("zq-777.csv", content, "text/csv"),
        },
    )


def lived(world, person, officer, run):
    """Let the person live through all the planner does with people."""
    world.seat = world.slot(seats=1)
    owner = factories.coordinator(of=world.program.owner)
    application = applications.submit(
        participant=person,
        intake=world.intake,
        preferences=[world.seat],
        note=f"{NAME} limps a little",
        merit_score=99,
        by=owner,
        now=NOW,
        reason="came late by ship",
    )
    other = world.person(world.seat, merit=10)
    host = factories.partner(of=world.seat.host)
    host_ratings.rate(
        application=application, slot=world.seat, score=90, by=host, now=NOW
    )
    host_ratings.rate(
        application=application,
        slot=world.slot(host=world.seat.host),
        veto_reason=f"{NAME} was rude",
        by=host,
        now=NOW,
    )
    pins.pin(
        application=application,
        slot=world.seat,
        reason=f"{NAME} knows the host",
        by=owner,
        now=NOW,
    )
    done = run()
    done.comment = f"Look at {NAME} again."
    done.save(update_fields=["comment"])
    publish.publish(approved(world, done), by=world.planner, now=NOW)
    held = Placement.objects.get(application=application)
    factories.funding_line.make(placement=held)
    placements.decline(placement=held, by=owner, now=NOW, reason="cousin of Qwertyanto")
    consents.give(
        participant=person,
        purpose="stay",
        given_on=date(2027, 1, 2),
        evidence=f"Form of {NAME}",
        by=officer,
        now=NOW,
    )
    return application, other, done


def passed_over(world, application, owner):
    """Let the person be suggested for a place, and passed over in words."""
    waiting = ReserveEntry.objects.filter(application=application)
    if not waiting.exists():
        factories.reserve_entry.make(
            application=application, slot=world.seat, position=7
        )
    suggest(now=NOW)
    for row in MoveUp.objects.open():
        suggestions.dismiss(row, reason=f"{NAME} is too shy", by=owner, now=NOW)
    MoveUp.objects.update(application=application)


def test_nothing_is_left_and_what_proves_still_proves(
    world, plan, person, sender, tmp_path
):
    with time_machine.travel(NOW, tick=False):
        officer = factories.coordinator(of=sender)
        on_the_desk(world, person, officer)
        application, other, run = lived(world, person, officer, plan)
        passed_over(world, application, world.planner)
        pack = tmp_path / "before.zip"
        call_command("export_pack", str(run.number), "--output", str(pack))
        assert sorted(found(tmp_path)) == sorted((*WORDS, *SAID))
        assert SEALED in said(person, officer)
        backup = copied()
        personal_data.erase(participant=person, by=officer, now=NOW)
        erasures.repeat(now=NOW)
        assert found(tmp_path) == []
        assert SEALED not in said(person, officer)
        still_proven(run, pack, tmp_path / "after.zip")
        assert Application.objects.filter(pk=other.pk).exists()
        if backup is None:
            return
        restore(backup)
        assert sorted(found(tmp_path)) == sorted((*WORDS, *SAID))
        assert SEALED in said(person, officer)
        assert erasures.repeat(now=NOW) == 1
        assert found(tmp_path) == []
        assert SEALED not in said(person, officer)
        still_proven(run, pack, tmp_path / "again.zip")


def still_proven(run, before, after):
    """Verify the trail, the promises, the run, and packs of before and after."""
    assert audit.verify_chain().ok
    call_command("check_records")
    call_command("check_runs")
    call_command("export_pack", str(run.number), "--output", str(after))
    for pack in (before, after):
        call_command("replay", str(pack))
    call_command("replay", str(run.number), "--check-only")


def copied():
    """Return a backup of the database; None where that takes a server's tools."""
    if connection.vendor != "sqlite":
        return None
    backup = sqlite3.connect(":memory:")
    connection.connection.backup(backup)
    return backup


def restore(backup):
    """Put a backup in the place of the database."""
    backup.backup(connection.connection)
