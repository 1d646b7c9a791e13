"""A slot with people in it moves only where limits have room, whoever writes."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from programs.domain import live_places, route_caps
from programs.models import Agreement, Placement, Program, RouteCap, Slot
from programs.promises import Promise
from tests import factories

from .test_triggers import NOW, capped, caps_of_each_kind, place, refused

pytestmark = pytest.mark.django_db


def moved(slot, **columns):
    """Return a write that moves a slot, past every verb."""
    return lambda: Slot.objects.filter(pk=slot.pk).update(**columns)


def test_a_slot_moves_into_a_period_that_has_room_and_into_no_other():
    cap = factories.route_cap.make(is_yearly=True)
    place(capped(date(2027, 4, 1), date(2027, 9, 1), cap))
    later = capped(date(2028, 4, 1), date(2028, 9, 1), cap)
    place(later)
    back = {"starts_on": date(2027, 5, 1), "ends_on": date(2027, 8, 1)}
    assert refused(moved(later, **back)) == Promise.ROUTE_PEOPLE
    moved(later, starts_on=date(2028, 5, 1))()
    empty = capped(date(2027, 4, 1), date(2027, 9, 1), cap)
    moved(empty, starts_on=date(2027, 5, 1))()
    assert live_places.routes_hold(NOW) == []


def test_a_slot_takes_the_route_only_if_its_caps_have_room():
    cap = factories.route_cap.make(counts="staying")
    days = date(2027, 4, 1), date(2027, 9, 1)
    place(capped(*days, cap))
    free = factories.slot.make(starts_on=days[0], ends_on=days[1])
    place(free)
    assert refused(moved(free, route=cap.route)) == Promise.ROUTE_PEOPLE
    other = factories.immigration_route.make()
    moved(free, route=other)()
    assert refused(moved(free, route=cap.route)) == Promise.ROUTE_PEOPLE
    late = {"starts_on": days[1], "ends_on": date(2027, 12, 1)}
    moved(free, route=cap.route, **late)()


@pytest.mark.parametrize("ends_on", [date(2027, 6, 2), date(2027, 12, 1)])
def test_a_slot_lasts_longer_only_on_days_that_have_room(ends_on):
    cap = factories.route_cap.make(counts="staying")
    early = capped(date(2027, 1, 1), date(2027, 6, 1), cap)
    place(early)
    place(capped(date(2027, 6, 1), date(2027, 12, 1), cap))
    assert refused(moved(early, ends_on=ends_on)) == Promise.ROUTE_PEOPLE
    moved(early, starts_on=date(2026, 12, 1))()


def test_a_program_enters_a_sector_only_if_its_caps_have_room():
    cap = factories.route_cap.make(sector="health")
    days = date(2027, 4, 1), date(2028, 4, 1)
    place(capped(*days, cap, priority_sector="health"))
    food = capped(*days, cap, priority_sector="food")
    place(food)
    same = Program.objects.filter(pk=food.intake.program_id)

    def into(sector):
        return lambda: same.update(priority_sector=sector)

    assert refused(into("health")) == Promise.ROUTE_PEOPLE
    into("energy")()
    Placement.objects.filter(slot=food).update(state="declined")
    into("health")()


def test_what_was_too_much_before_may_be_moved_where_it_adds_nothing():
    cap = factories.route_cap.make(most=2)
    one, two = (capped(date(2027, 4, 1), date(2028, 4, 1), cap) for _ in range(2))
    place(one), place(two)
    stays = factories.route_cap.make(route=cap.route, counts="staying", most=2)
    RouteCap.objects.update(most=1)
    moved(one, starts_on=date(2027, 5, 1))()
    moved(one, ends_on=date(2028, 3, 1))()
    assert refused(moved(one, ends_on=date(2028, 3, 2))) == Promise.ROUTE_PEOPLE
    stays.delete()
    moved(one, ends_on=date(2028, 3, 2))()
    Program.objects.filter(pk=one.intake.program_id).update(priority_sector="health")


def test_own_days_stay_where_the_slot_moves():
    cap = factories.route_cap.make(is_yearly=True)
    place(capped(date(2027, 4, 1), date(2027, 9, 1), cap))
    slot = capped(date(2028, 1, 1), date(2028, 9, 1), cap)
    place(slot, own_starts_on=date(2028, 4, 1), own_ends_on=date(2028, 8, 1))
    moved(slot, starts_on=date(2027, 12, 1))()
    assert live_places.routes_hold(NOW) == []


def test_a_slot_moves_into_a_year_in_which_its_agreement_has_room():
    agreement = factories.agreement.make(yearly_cap=1, yearly_person_months=10)
    this = factories.slot.make(ends_on=date(2027, 9, 1))
    later = factories.slot.make(starts_on=date(2028, 4, 1), ends_on=date(2028, 9, 1))
    longer = factories.slot.make(starts_on=date(2029, 4, 1), ends_on=date(2029, 9, 1))
    for slot in (this, later, longer):
        place(slot, agreement=agreement)
    back = {"starts_on": date(2027, 10, 1), "ends_on": date(2027, 12, 1)}
    assert refused(moved(later, **back)) == Promise.AGREEMENT_PEOPLE
    beyond = {"starts_on": date(2029, 4, 1), "ends_on": date(2030, 6, 1)}
    moved(longer, **beyond)()
    within = {"starts_on": date(2028, 8, 1), "ends_on": date(2030, 2, 1)}
    assert refused(moved(later, **within)) == Promise.AGREEMENT_MONTHS
    Agreement.objects.update(yearly_person_months=1)
    moved(longer, ends_on=date(2030, 5, 1))()  # too much, and less than it was
    assert refused(moved(longer, ends_on=date(2030, 6, 1))) == Promise.AGREEMENT_MONTHS


def test_a_slot_moves_to_no_country_from_which_a_journey_is_too_long():
    route = factories.immigration_route.make(travel_days=9, country=factories.japan())
    person = factories.participant.make()
    one = factories.slot.make(ends_on=date(2027, 9, 1))
    two = factories.slot.make(starts_on=date(2027, 9, 1), ends_on=date(2028, 1, 1))
    for slot in (one, two):
        application = factories.application.make(participant=person, intake=slot.intake)
        place(slot, application=application)
    abroad = {"route": route, "country": route.country}
    assert refused(moved(two, **abroad)) == Promise.ONE_STAY
    moved(two, starts_on=date(2027, 9, 10), **abroad)()


def test_moving_and_counting_are_the_same():
    """Slots with people move at random: refused is what would break a cap further."""
    rng = random.Random(5)
    for cap in caps_of_each_kind(most=2):
        # All before the period; each has another sector, or the one that is counted.
        slots = [
            capped(date(2024, 1, 1), date(2024, 2, 1), cap, priority_sector=sector)
            for sector in ("health", "health", "health", "health", "food")
        ]
        for slot in slots:
            place(slot)
        refusals = 0
        for _each in range(40):
            slot = rng.choice(slots)
            first = date(2027, 1, 1) + timedelta(days=rng.randrange(700))
            days = {
                "starts_on": first,
                "ends_on": first + timedelta(days=rng.randrange(1, 400)),
            }
            stays = Counter(
                Placement.objects.live()
                .filter(slot__route=cap.route)
                .exclude(slot=slot)
                .values_list(
                    "slot__intake__program__priority_sector",
                    "slot__starts_on",
                    "slot__ends_on",
                )
            )
            sector = slot.intake.program.priority_sector
            stays[sector, days["starts_on"], days["ends_on"]] += 1
            if any(use.people > cap.most for use in route_caps.of_stays(cap, stays)):
                refusals += 1
                assert refused(moved(slot, **days)) == Promise.ROUTE_PEOPLE
            else:
                moved(slot, **days)()
        assert 0 < refusals < 40
