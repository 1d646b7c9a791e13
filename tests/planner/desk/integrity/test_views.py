"""What an auditor does on the desk: recompute every promise, take a pack away."""

import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from planner.allocation.review import invariants
from planner.desk.integrity.context import PROMISES
from programs import promises
from programs.domain import invariants as domain
from programs.models import AuditEvent
from tests import factories
from tests.planner.desk.reading import text

pytestmark = pytest.mark.django_db
PAGE = "admin:desk_integrity"


def test_every_promise_has_words():
    assert set(PROMISES) == {*domain.PROMISES, *invariants.PROMISES}


def test_an_auditor_recomputes_everything(client, solved):
    client.force_login(factories.auditor())
    asked = text(client.get(reverse(PAGE)))
    assert "Recompute now" in asked
    assert "Every promise is kept." not in asked
    assert "Every promise is kept." in text(client.post(reverse(PAGE)))


def test_a_broken_promise_is_named(client, solved, world):
    solved.proposals.update(cost=1)
    client.force_login(factories.auditor())
    found = text(client.post(reverse(PAGE)))
    assert "1 thing is not as promised" in found
    assert str(solved.pk) in found


def test_the_pack_is_what_the_command_writes(client, solved):
    client.force_login(factories.auditor())
    shown = text(client.get(reverse("admin:desk_run", args=[solved.pk])))
    address = reverse("admin:desk_run_pack", args=[solved.pk])
    assert address in shown
    taken = client.get(address)
    names = set(zipfile.ZipFile(io.BytesIO(taken.content)).namelist())
    assert {"problem.npz", "result.npz", "decisions.json", "SHA256SUMS"} <= names
    assert client.get(address).content == taken.content
    assert AuditEvent.objects.filter(action="runs.export_pack").count() == 2


def test_others_take_nothing_away(client, solved, world):
    address = reverse("admin:desk_run_pack", args=[solved.pk])
    for reader in (factories.coordinator(of=world.program.owner), factories.partner()):
        client.force_login(reader)
        assert client.get(address).status_code == 403
        assert client.get(reverse(PAGE)).status_code == 403


def test_a_run_without_a_plan_has_no_pack(client, world):
    client.force_login(factories.auditor())
    address = reverse("admin:desk_run_pack", args=[world.run().pk])
    assert client.get(address).status_code == 404


def test_the_trail_names_its_actors(client, solved, world):
    client.force_login(factories.auditor())
    rows = text(client.get(reverse("admin:programs_auditevent_changelist")))
    assert world.planner.username in rows


def test_what_breaks_a_promise_is_told_in_the_reader_s_language(client, solved):
    """No word of another language, no code and no day as data write it."""
    promises.uninstall()
    slot = factories.slot.make(state="withdrawn")
    application = factories.application.make(intake=slot.intake)
    place = factories.placement.make(slot=slot, application=application)
    factories.place_condition.make(placement=place, due_on=date(2026, 3, 1))
    solved.proposals.update(cost=1)
    client.force_login(factories.auditor())
    client.cookies["django_language"] = "id"
    found = text(client.post(reverse(PAGE)))
    for told in (
        "jalankan manage.py migrate",
        f"{slot.code}: ditarik; angkatan: dibuka",
        "harus dipenuhi paling lambat 1 Maret 2026",
        ", tersimpan ",
    ):
        assert told in found
    assert "2026-03-01" not in found
    client.cookies["django_language"] = "en"
    assert "to be met by 1 March 2026" in text(client.post(reverse(PAGE)))
