"""A data breach is noted, and told within three times 24 hours."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from programs.domain import breaches
from programs.models import AuditEvent, Breach
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
FACTS = {
    "what_happened": "A laptop was lost.",
    "data_concerned": "names and birth dates",
    "num_people": 12,
    "measures": "",
}


@pytest.fixture
def boss():
    return factories.administrator()


def test_the_clock_runs_from_when_it_was_found(boss):
    found = NOW - timedelta(hours=5)
    row = breaches.record(by=boss, now=NOW, found_at=found, **FACTS)
    assert row.due_at == found + timedelta(hours=72)
    assert list(breaches.waiting(boss)) == [row]
    breaches.tell(breach=row, by=boss, now=NOW, people=True)
    assert list(breaches.waiting(boss)) == [row]
    breaches.tell(breach=row, by=boss, now=NOW, authority=True, measures="Wiped.")
    assert list(breaches.waiting(boss)) == []
    row.refresh_from_db()
    assert (row.people_told_at, row.measures) == (NOW, "Wiped.")
    assert AuditEvent.objects.filter(action__startswith="breaches.").count() == 3


def test_nothing_is_found_after_now(boss):
    with pytest.raises(Refusal) as caught:
        breaches.record(by=boss, now=NOW, found_at=NOW + timedelta(hours=1), **FACTS)
    assert caught.value.code == "found-later"


@pytest.mark.parametrize("role", ["auditor", "coordinator", "partner", "planner"])
def test_others_note_nothing(role):
    with pytest.raises(Refusal):
        breaches.record(by=getattr(factories, role)(), now=NOW, found_at=NOW, **FACTS)


def test_an_administrator_does_it_on_the_desk(client, boss):
    client.force_login(boss)
    client.cookies["django_language"] = "en"
    form = {**FACTS, "found_at_0": "2026-06-01", "found_at_1": "10:00:00"}
    client.post(reverse("admin:programs_breach_add"), form)
    row = Breach.objects.get()
    assert row.recorded_by == boss.actor
    home = client.get(reverse("admin:index")).content.decode()
    assert "1 data breach has to be told of by" in home
    page = reverse("admin:programs_breach_change", args=[row.pk])
    client.post(page, {"tell_people": "on", "tell_authority": "on", "measures": "Done"})
    row.refresh_from_db()
    assert row.people_told_at
    assert row.authority_told_at
    assert row.what_happened == FACTS["what_happened"]


@pytest.mark.parametrize("role", ["coordinator", "partner"])
def test_others_see_no_register(client, role):
    factories.breach.make()
    client.force_login(getattr(factories, role)())
    assert client.get(reverse("admin:programs_breach_changelist")).status_code == 403
