"""Every action of the trail has words, and only actions of the list are written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from programs.audit_actions import FORMER, AuditAction, words_of
from programs.domain import audit
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent
from tests import factories

NOW = datetime(2027, 2, 1, 3, tzinfo=UTC)

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
def test_an_action_outside_the_list_is_an_error_where_it_is_written():
    thing = factories.institution.make()
    with pytest.raises(ValueError, match=r"slots\.import_changed"):
        audit.record(by=SYSTEM, action="slots.import_changed", obj=thing, now=NOW)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("action", [*AuditAction, *FORMER])
def test_an_action_has_words_in_both_languages(action):
    with translation.override("en"):
        english = str(words_of(action))
    with translation.override("id"):
        indonesian = str(words_of(action))
    assert english != str(action)
    assert indonesian != english


def test_an_action_is_a_thing_and_what_was_done_to_it_and_fits_its_column():
    longest = AuditEvent._meta.get_field("action").max_length
    for action in AuditAction.values:
        assert action.count(".") == 1
        assert len(action) <= longest


def test_every_action_is_written_somewhere():
    sources = "".join(
        path.read_text()
        for package in ("api", "planner", "programs")
        for path in (ROOT / package).rglob("*.py")
    )
    unused = [
        each.name for each in AuditAction if f"AuditAction.{each.name}" not in sources
    ]
    assert unused == []


def test_an_action_nobody_knows_any_more_is_shown_as_it_is():
    assert words_of("gone.away") == "gone.away"
