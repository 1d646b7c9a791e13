"""The outbox."""

from datetime import UTC, datetime

import pytest

from programs.domain import events
from programs.event_kinds import EventKind
from programs.models import Event
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


def test_an_event_names_the_row_and_whom_it_concerns():
    placement = factories.placement.make()
    sender, host = placement.application.nominated_by, placement.slot.host
    events.emit(
        kind="placement.offered",
        obj=placement,
        institutions=[sender, host.pk, sender, None],
        now=NOW,
    )
    event = Event.objects.get()
    assert (event.object_type, event.object_id) == ("placement", str(placement.pk))
    assert set(event.institutions.all()) == {sender, host}


def test_events_are_seen_by_those_they_concern():
    mine, theirs = factories.institution.make(), factories.institution.make()
    for institution in (mine, theirs):
        events.emit(
            kind=EventKind.TRANSCRIPT_WRITTEN,
            obj=institution,
            institutions=[institution],
            now=NOW,
        )
    seen = Event.objects.visible_to(factories.partner(of=mine))
    assert [event.object_id for event in seen] == [str(mine.pk)]


def test_many_events_are_numbered_in_order():
    rows = factories.institution.make(_quantity=3)
    events.emit_many(
        kind=EventKind.TRANSCRIPT_WRITTEN, entries=[(r, [r]) for r in rows], now=NOW
    )
    told = Event.objects.order_by("sequence")
    assert [e.object_id for e in told] == [str(r.pk) for r in rows]


def test_a_kind_that_no_partner_knows_is_an_error_where_it_is_written():
    institution = factories.institution.make()
    with pytest.raises(ValueError, match=r"placement\.lost"):
        events.emit(
            kind="placement.lost", obj=institution, institutions=[institution], now=NOW
        )
    assert not Event.objects.exists()
