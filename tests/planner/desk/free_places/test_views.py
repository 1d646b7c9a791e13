"""Free places on the desk: suggested, offered by a person, or passed over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.models import MoveUp
from programs.domain import placements
from tests import factories
from tests.planner.allocation.worlds import NOW, suggest
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def coordinator(world):
    return factories.coordinator(of=world.program.owner)


@pytest.fixture
def free(solved, world, coordinator, publish):
    """A place that was declined, with its suggestion."""
    publish(solved)
    placements.decline(
        placement=world.strong.placements.get(),
        by=coordinator,
        now=LATER,
        reason="Family.",
    )
    assert suggest(now=LATER) == 1
    return MoveUp.objects.get()


@pytest.mark.parametrize("who", ["planner", "coordinator"])
def test_a_suggestion_becomes_an_offer(client, world, coordinator, free, who):
    client.force_login(world.planner if who == "planner" else coordinator)
    assert "1 place is free" in text(client.get(page("index")))
    assert page("desk_free") in text(client.get(page("desk_board")))
    shown = text(client.get(page("desk_free")))
    assert world.weak.participant.code in shown
    assert "Family." in shown
    assert not world.weak.placements.exists()
    done = client.post(page("desk_free_decide", free.pk), {"confirm": "1"}, follow=True)
    assert "The place was offered to" in text(done)
    assert world.weak.placements.get().state == "offered"
    again = client.post(
        page("desk_free_decide", free.pk), {"confirm": "1"}, follow=True
    )
    assert "decided this suggestion already" in text(again)


def test_somebody_is_passed_over_with_a_reason_only(client, world, free):
    client.force_login(world.planner)
    address = page("desk_free_decide", free.pk)
    assert "Give a reason" in text(client.post(address, {"reason": " "}, follow=True))
    told = client.post(address, {"reason": "Withdrew by phone."}, follow=True)
    assert "Passed over" in text(told)
    free.refresh_from_db()
    assert (free.state, free.reason) == ("dismissed", "Withdrew by phone.")
    assert "Withdrew by phone." in text(client.get(page("desk_free")))


def test_others_read_or_find_nothing(client, world, free):
    address = page("desk_free_decide", free.pk)
    client.force_login(factories.auditor())
    assert "Offer the place" not in text(client.get(page("desk_free")))
    assert client.post(address, {"confirm": "1"}).status_code == 403
    client.force_login(factories.coordinator())
    assert world.weak.participant.code not in text(client.get(page("desk_free")))
    assert client.post(address, {"confirm": "1"}).status_code == 404
    client.force_login(factories.partner())
    assert client.get(page("desk_free")).status_code == 403
    assert client.post(address, {"confirm": "1"}).status_code == 403
    assert not world.weak.placements.exists()


def test_the_list_costs_the_same_for_one_and_three(client, world, free):
    client.force_login(world.planner)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page("desk_free")).status_code == 200
        return len(seen)

    def more(state):
        placement = factories.placement.make(state="declined")
        MoveUp.objects.create(
            freed=placement,
            slot=placement.slot,
            application=factories.application.make(),
            position=1,
            state=state,
            suggested_at=LATER,
        )

    more("dismissed")
    queries()
    one = queries()
    for state in ("open", "open", "dismissed", "nobody"):
        more(state)
    assert queries() == one


def test_an_empty_list_says_what_comes(client, world):
    client.force_login(world.planner)
    assert "desk-empty" in text(client.get(page("desk_free")))
