"""Pages say which slots are decided too late for their papers, and which soon are."""

from datetime import date

import pytest
import time_machine

from planner.allocation.results import pack
from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
LAST = "2027-03-02T03:00:00Z"
AFTER = "2027-03-03T03:00:00Z"
LATE = "The last safe decision day of 1 slot is over"


@pytest.fixture
def slow(world):
    """A route whose papers take thirty days."""
    return factories.immigration_route.make(lead_time_days=30)


def look(client, who, moment, address):
    """Return what somebody reads at an address at a moment."""
    with time_machine.travel(moment, tick=False):
        client.force_login(who)
        return text(client.get(address))


def slot_on(world, slow, **columns):
    """Add a slot whose last safe day is 2 March 2027."""
    return world.slot(starts_on=date(2027, 4, 1), route=slow, **columns)


@pytest.mark.parametrize("action", ["submit", "judge", "publish"])
def test_who_decides_reads_which_slots_are_too_late(client, world, plan, slow, action):
    slot = slot_on(world, slow)
    world.person(slot)
    address = page(f"desk_run_{action}", plan().pk)
    who = world.approver if action == "judge" else world.planner
    assert LATE not in look(client, who, LAST, address)
    told = look(client, who, AFTER, address)
    assert LATE in told
    assert f"{slot.name} (2 March 2027)" in told


def test_a_run_shows_the_last_safe_day_of_each_slot_and_so_does_its_pack(
    client, world, plan, slow
):
    slot = slot_on(world, slow)
    world.person(slot)
    run = plan()
    address = page("desk_run", run.pk)
    shown = look(client, world.planner, LAST, address)
    assert "2 March 2027" in shown
    assert LATE not in shown
    assert pack.about(run)["last_safe_days"] == {slot.name: "2027-03-02"}
    assert LATE in look(client, world.planner, AFTER, address)


def test_a_kept_place_is_not_decided_too_late(client, world, plan, slow):
    slot = slot_on(world, slow)
    person = world.person(slot, state="placed")
    factories.placement.make(application=person, slot=slot)
    world.person(world.slot())
    address = page("desk_run_submit", plan().pk)
    assert LATE not in look(client, world.planner, AFTER, address)


def test_an_intake_tells_of_slots_decided_too_late_now_or_on_its_day(
    client, world, slow
):
    who = factories.coordinator(of=world.program.owner)
    slot = slot_on(world, slow)
    address = page("desk_intake", world.intake.pk)
    planned = "too late for the papers of 1 slot: its last safe day is 2 March 2027"
    world.intake.decide_by = date(2027, 3, 2)
    world.intake.starts_on = date(2027, 4, 1)
    world.intake.save()
    told = look(client, who, LAST, address)
    assert "2 March 2027" in told
    assert planned not in told
    world.intake.decide_by = date(2027, 3, 3)
    world.intake.save()
    assert planned in look(client, who, LAST, address)
    told = look(client, who, AFTER, address)
    assert LATE in told
    assert slot.name in told


def test_home_tells_the_coordinator_what_is_to_be_decided(client, world, slow):
    who = factories.coordinator(of=world.program.owner)
    slot = slot_on(world, slow)
    link = page("programs_slot_changelist")
    due = "1 slot has to be decided within 30 days, by 2 March 2027, for its papers"
    month_before = "2027-01-30T03:00:00Z"  # 31 days before
    assert due not in look(client, who, month_before, page("index"))
    home = look(client, who, LAST, page("index"))
    assert due in home
    assert f"{link}?safe=due" in home
    assert slot.code in look(client, who, LAST, f"{link}?safe=due")
    assert slot.code not in look(client, who, LAST, f"{link}?safe=late")
    home = look(client, who, AFTER, page("index"))
    assert "1 slot is not decided, and its papers would come too late" in home
    assert slot.code in look(client, who, AFTER, f"{link}?safe=late")
    assert slot.code not in look(client, who, AFTER, f"{link}?safe=due")
    others = look(client, factories.coordinator(), AFTER, page("index"))
    assert "would come too late" not in others


def test_placements_are_found_by_whether_they_were_decided_in_time(client, world, slow):
    slot = slot_on(world, slow, seats=2)
    early = factories.placement.make(
        slot=slot, offered_at="2027-03-02T16:59:00Z", expires_at="2027-03-09T03:00:00Z"
    )
    late = factories.placement.make(
        slot=slot, offered_at="2027-03-02T17:01:00Z", expires_at="2027-03-09T03:00:00Z"
    )
    link = page("programs_placement_changelist")
    shown = look(client, world.planner, AFTER, f"{link}?safe=late&o=7")
    assert late.application.participant.code in shown
    assert early.application.participant.code not in shown
    shown = look(client, world.planner, LAST, f"{link}?safe=due")
    assert late.application.participant.code in shown
    board = page("desk_board") + "?state=offered"
    assert "2 March 2027" in look(client, world.planner, LAST, board)
