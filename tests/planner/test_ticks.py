"""A clock that jumps expires nothing before a person has looked."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from api.hooks import delivery
from planner import ticks
from planner.management.commands import dispatch as dispatch_command
from planner.models import Tick
from programs.choices import PlacementState
from programs.models import AuditEvent, Placement
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    """Keep the test's transaction: its connection looks ten days old after a jump."""
    monkeypatch.setattr(f"{dispatch_command.__name__}.close_old_connections", list)


@pytest.fixture
def offer():
    """An offer that stands for four more days."""
    return factories.placement.make(
        state=PlacementState.OFFERED, expires_at=NOW + 4 * DAY
    )


def dispatch(at):
    with time_machine.travel(at, tick=False):
        call_command("dispatch", once=True)


def state_of(placement):
    return Placement.objects.get(pk=placement.pk).state


def test_an_offer_expires_in_its_time(offer):
    for days in range(6):
        dispatch(NOW + days * DAY)
    assert state_of(offer) == PlacementState.EXPIRED


@pytest.mark.parametrize("jump", [10 * DAY, -10 * DAY, DAY + timedelta(seconds=1)])
def test_a_jump_is_kept_for_a_person_to_see(jump):
    assert ticks.tick(now=NOW)
    assert not ticks.tick(now=NOW + jump)
    assert not ticks.tick(now=NOW + jump + timedelta(seconds=3))
    row = ticks.pending()
    assert (row.jumped_from, row.jumped_to) == (NOW, NOW + jump)
    assert AuditEvent.objects.filter(action="clock.jumped").count() == 1


def test_a_day_is_no_jump():
    assert ticks.tick(now=NOW)
    assert ticks.tick(now=NOW + DAY)
    assert ticks.tick(now=NOW)
    assert ticks.pending() is None


def test_ten_days_at_once_expire_nothing(offer):
    dispatch(NOW)
    dispatch(NOW + 10 * DAY)
    dispatch(NOW + 11 * DAY)
    assert state_of(offer) == PlacementState.OFFERED


def test_once_confirmed_what_is_due_goes_on(offer, client):
    dispatch(NOW)
    dispatch(NOW + 10 * DAY)
    planner = factories.planner()
    client.cookies["django_language"] = "en"
    with time_machine.travel(NOW + 10 * DAY, tick=False):
        client.force_login(planner)
        for page in ("index", "desk_integrity"):
            shown = client.get(reverse(f"admin:{page}")).content.decode()
            assert "The clock is right now" in shown, page
        client.post(reverse("admin:desk_clock"))
        shown = client.get(reverse("admin:index")).content.decode()
        assert "Is the clock right?" not in shown
    entry = AuditEvent.objects.get(action="clock.confirmed")
    assert entry.actor == planner.actor
    dispatch(NOW + 10 * DAY + timedelta(seconds=3))
    assert state_of(offer) == PlacementState.EXPIRED


@pytest.mark.parametrize("role", ["auditor", "coordinator", "partner"])
def test_others_see_it_and_confirm_nothing(role, client):
    ticks.tick(now=NOW)
    ticks.tick(now=NOW + 10 * DAY)
    reader = getattr(factories, role)()
    client.force_login(reader)
    assert "desk-note warn" in client.get(reverse("admin:index")).content.decode()
    assert client.post(reverse("admin:desk_clock")).status_code == 403
    with pytest.raises(Refusal):
        ticks.confirm(by=reader, now=NOW)
    assert ticks.pending()


def test_the_command_confirms_too():
    ticks.tick(now=NOW)
    ticks.tick(now=NOW + 10 * DAY)
    call_command("confirm_clock")
    assert ticks.pending() is None
    with pytest.raises(CommandError, match="has not jumped"):
        call_command("confirm_clock")


def test_a_jump_gives_no_webhook_up():
    from api.models import WebhookEndpoint

    endpoint = WebhookEndpoint.objects.create(
        institution=factories.institution.make(),
        url="https://partner.example/",
        secret="x",
        failing_since=NOW,
        created_at=NOW,
    )
    ticks.tick(now=NOW)
    ticks.tick(now=NOW + 10 * DAY)
    with time_machine.travel(NOW + 10 * DAY, tick=False):
        delivery._failed(endpoint, "HTTP 500")
        endpoint.refresh_from_db()
        assert endpoint.is_active
        Tick.objects.update(jumped_from=None, jumped_to=None)
        delivery._failed(endpoint, "HTTP 500")
        endpoint.refresh_from_db()
        assert not endpoint.is_active
