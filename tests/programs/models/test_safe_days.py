"""Until when a place is decided in time: one function, in Python and in queries."""

import random
from datetime import date, timedelta

import pytest

from programs.choices import IntakeState, SlotState
from programs.models import Placement, Slot
from tests import factories

pytestmark = pytest.mark.django_db


def test_papers_take_the_days_of_the_route_before_the_first_day():
    route = factories.immigration_route.make(lead_time_days=90)
    slot = factories.slot.make(starts_on=date(2027, 4, 1), route=route)
    assert slot.last_safe_day == date(2027, 1, 1)
    free = factories.slot.make(starts_on=date(2027, 4, 1))
    assert free.last_safe_day == date(2027, 4, 1)


def test_a_stay_on_its_own_days_has_its_own_last_safe_day():
    route = factories.immigration_route.make(lead_time_days=31)
    slot = factories.slot.make(starts_on=date(2027, 4, 1), route=route)
    stay = factories.placement.make(
        slot=slot, own_starts_on=date(2027, 5, 1), own_ends_on=date(2027, 6, 1)
    )
    assert stay.last_safe_day == date(2027, 3, 31)
    assert Placement.objects.with_safe_day().get().safe_day == date(2027, 3, 31)


def test_queries_say_the_same_as_rows():
    rng = random.Random(4)
    for _each in range(12):
        days = rng.choice([None, 0, 1, 59, 365, 1000])
        route = None
        if days is not None:
            route = factories.immigration_route.make(lead_time_days=days)
        starts_on = date(2026, 12, 31) + timedelta(rng.randrange(900))
        slot = factories.slot.make(
            starts_on=starts_on, ends_on=starts_on + timedelta(90), route=route
        )
        factories.placement.make(slot=slot)
    for row in Slot.objects.with_safe_day():
        assert row.safe_day == row.last_safe_day
    for row in Placement.objects.with_safe_day():
        assert row.safe_day == row.last_safe_day


def test_only_open_slots_of_intakes_that_are_not_decided_are_to_be_decided():
    day = date(2027, 3, 2)
    route = factories.immigration_route.make(lead_time_days=30)
    intake = factories.intake.make(state=IntakeState.CLOSED)
    columns = {"starts_on": date(2027, 4, 1), "route": route, "intake": intake}
    slot = factories.slot.make(**columns)
    factories.slot.make(**columns, state=SlotState.PROPOSED)
    decided = factories.intake.make(state=IntakeState.DECIDED)
    factories.slot.make(**columns | {"intake": decided})
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert slot.last_safe_day == day
    assert list(Slot.objects.decided_by(None, day)) == [slot]
    assert list(Slot.objects.decided_by(day, day)) == [slot]
    assert not Slot.objects.decided_by(None, before).exists()
    assert not Slot.objects.decided_by(after, None).exists()
