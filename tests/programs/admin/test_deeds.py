"""The audit trail is read in words, not in codes and identifiers."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.admin.deeds import DEEDS
from programs.domain import audit, intakes
from programs.domain.actors import SYSTEM
from tests import factories

ROOT = Path(__file__).parents[3]
ACTION = re.compile(r'(?:action=|_record\(|_audit\(request, )"[a-z_]+\.([a-z_]+)"')


def test_every_action_that_is_no_state_has_words():
    sources = [
        path.read_text()
        for package in ("api", "planner", "programs")
        for path in (ROOT / package).rglob("*.py")
    ]
    verbs = {verb for text in sources for verb in ACTION.findall(text)}
    assert {"request", "reveal", "pin", "add"} <= verbs
    assert verbs <= set(DEEDS)


@pytest.mark.django_db
def test_the_trail_tells_what_was_done_to_what(client):
    intake = factories.slot.make(intake__state="draft").intake
    intakes.open_(intake=intake, by=SYSTEM, now=timezone.now())
    audit.record(by=SYSTEM, action="gone.away", obj=intake, now=timezone.now())
    reader = factories.planner()
    reader.language = "id"
    reader.save()
    client.force_login(reader)
    page = client.get(reverse("admin:programs_auditevent_changelist"))
    shown = page.content.decode()
    assert reverse("admin:programs_intake_change", args=[intake.pk]) in shown
    assert "sistem perencana" in shown
    assert "dibuka" in shown
