"""The page of a stay: what was proposed, who answers, and what came of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.choices import ChangeState
from programs.domain import placements, stay_changes
from programs.models import PlacementChange
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("programs.clock.now", lambda: LATER)


@pytest.fixture
def coordinator(world):
    return factories.coordinator(of=world.program.owner)


@pytest.fixture
def stay(solved, world, coordinator, publish):
    """An accepted place."""
    publish(solved)
    placement = world.strong.placements.get()
    placements.accept(placement=placement, by=coordinator, now=LATER)
    return placement


@pytest.fixture
def sender(stay):
    return factories.partner(of=stay.application.nominated_by)


@pytest.fixture
def host(stay):
    return factories.partner(of=stay.slot.host)


def body(stay, **wanted):
    days = {"starts_on": stay.starts_on, "ends_on": stay.ends_on}
    return days | {"reason": "Harvest at home"} | wanted


def test_sender_proposes_and_the_host_agrees(client, stay, sender, host):
    client.force_login(sender)
    assert page("desk_stay", stay.pk) in text(
        client.get(page("desk_board") + "?state=accepted")
    )
    earlier = stay.ends_on - timedelta(days=30)
    told = client.post(
        page("desk_stay", stay.pk), body(stay, ends_on=earlier), follow=True
    )
    assert "The change is proposed" in text(told)
    assert "Agree for" not in text(told)  # it is not the proposer's to answer
    client.force_login(host)
    listed = text(client.get(page("desk_stays")))
    assert stay.application.participant.code in listed
    shown = text(client.get(page("desk_stay", stay.pk)))
    assert "Harvest at home" in shown
    assert "Agree for the host" in shown
    assert "Agree for the sender" not in shown
    change = PlacementChange.objects.get()
    told = client.post(
        page("desk_stay_answer", change.pk), {"side": "host", "agree": "1"}, follow=True
    )
    assert "the stay is changed" in text(told)
    stay.refresh_from_db()
    assert stay.ends_on == earlier
    assert "No change waits" in text(client.get(page("desk_stays")))


def test_a_coordinator_answers_for_one_side_after_the_other(client, stay, coordinator):
    client.force_login(coordinator)
    earlier = stay.ends_on - timedelta(days=30)
    client.post(page("desk_stay", stay.pk), body(stay, ends_on=earlier))
    change = PlacementChange.objects.get()
    answer = page("desk_stay_answer", change.pk)
    told = client.post(answer, {"side": "sender", "agree": "1"}, follow=True)
    assert "The other side has yet to agree" in text(told)
    told = client.post(answer, {"side": "host", "refuse": "1"}, follow=True)
    assert "Give a reason" in text(told)
    refusal = {"side": "host", "refuse": "1", "reason": "Too short"}
    told = client.post(answer, refusal, follow=True)
    assert "Too short" in text(told)
    change.refresh_from_db()
    assert change.state == ChangeState.REFUSED


def test_what_cannot_be_is_told_and_what_is_missing_named(client, stay, sender):
    client.force_login(sender)
    later = stay.slot.ends_on + timedelta(days=30)
    told = client.post(page("desk_stay", stay.pk), body(stay, ends_on=later))
    assert "the stay lies within" in text(told)
    told = client.post(page("desk_stay", stay.pk), body(stay, reason=""))
    assert "errors" in text(told)
    assert not PlacementChange.objects.exists()


def test_the_proposer_takes_it_back(client, stay, sender, host):
    change = factories.placement_change.make(placement=stay)
    change.answer_by = LATER + stay_changes.ANSWER_WITHIN
    change.save()
    client.force_login(host)
    client.post(page("desk_stay_answer", change.pk), {"withdraw": "1"})
    change.refresh_from_db()
    assert change.state == ChangeState.PROPOSED
    client.force_login(sender)
    client.post(page("desk_stay_answer", change.pk), {"withdraw": "1"})
    change.refresh_from_db()
    assert change.state == ChangeState.WITHDRAWN


def test_auditors_read_and_others_see_nothing(client, stay):
    change = factories.placement_change.make(placement=stay)
    client.force_login(factories.auditor())
    shown = text(client.get(page("desk_stay", stay.pk)))
    assert "Harvest" in shown
    assert "<textarea" not in shown
    client.force_login(factories.partner())
    assert client.get(page("desk_stay", stay.pk)).status_code == 404
    gone = client.post(page("desk_stay_answer", change.pk), {"agree": "1"})
    assert gone.status_code == 404


def test_the_list_costs_the_same_for_three_changes(client, stay, coordinator):
    client.force_login(coordinator)
    counts = []
    for num in (1, 2):
        for _each in range(num):
            factories.placement_change.make(
                placement=factories.placement.make(
                    slot__intake=stay.slot.intake, state="accepted"
                )
            )
        with CaptureQueriesContext(connection) as captured:
            client.get(page("desk_stays"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
