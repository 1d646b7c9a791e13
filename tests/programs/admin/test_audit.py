"""The audit trail is read in words, not in codes and identifiers."""

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.domain import intakes
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent
from tests import factories


@pytest.mark.django_db
def test_the_trail_tells_what_was_done_to_what(client):
    intake = factories.slot.make(intake__state="draft").intake
    intakes.open_(intake=intake, by=SYSTEM, now=timezone.now())
    _of_an_older_release("slots.import_changed")
    reader = factories.planner()
    reader.language = "id"
    reader.save()
    client.force_login(reader)
    page = client.get(reverse("admin:programs_auditevent_changelist"))
    shown = page.content.decode()
    assert reverse("admin:programs_intake_change", args=[intake.pk]) in shown
    assert "sistem perencana" in shown
    assert "dibuka" in shown
    assert "diubah lewat berkas" in shown


def _of_an_older_release(action):
    last = AuditEvent.objects.latest("sequence")
    AuditEvent.objects.create(
        sequence=last.sequence + 1,
        at=last.at,
        actor="user:1",
        action=action,
        object_type="slot",
        object_id="1",
        previous_hash=last.hash,
        hash="1" * 64,
    )
