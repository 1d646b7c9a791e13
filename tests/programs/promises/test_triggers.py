"""The database refuses what would break a promise, whoever writes."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from programs import promises
from programs.choices import IntakeState, PlacementState, SlotState
from programs.domain import invariants, route_caps
from programs.models import (
    FundingLine,
    Intake,
    Participant,
    Placement,
    Slot,
)
from programs.promises import Promise
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


def refused(write):
    """Return which promise the database names when this is written."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    return promises.broken_by(error.value)


def place(slot, **columns):
    """Place somebody, past every verb."""
    return factories.placement.make(slot=slot, **columns)


def test_a_slot_has_a_seat_for_everybody():
    slot = factories.slot.make(capacity_max=2)
    place(slot)
    gone = place(slot, state=PlacementState.DECLINED)
    place(slot)
    assert refused(lambda: place(slot)) == Promise.SEATS
    revive = Placement.objects.filter(pk=gone.pk)
    assert refused(lambda: revive.update(state="offered")) == Promise.SEATS


def test_many_at_once_are_counted_together():
    slot = factories.slot.make(capacity_max=2)
    rows = [
        Placement(
            application=factories.application.make(),
            slot=slot,
            offered_at=NOW,
            expires_at=NOW,
        )
        for _ in range(3)
    ]
    assert refused(lambda: Placement.objects.bulk_create(rows)) == Promise.SEATS
    Placement.objects.bulk_create(rows[:2])


def test_fewer_seats_than_people_stay_and_nobody_joins():
    slot = factories.slot.make(capacity_max=3)
    first, _second = place(slot), place(slot)
    Slot.objects.filter(pk=slot.pk).update(capacity_max=1)
    Placement.objects.filter(pk=first.pk).update(state="accepted")
    assert refused(lambda: place(slot)) == Promise.SEATS


def test_a_withdrawn_slot_holds_nobody():
    slot = factories.slot.make()
    row = place(slot)
    same = Slot.objects.filter(pk=slot.pk)
    assert refused(lambda: same.update(state="withdrawn")) == Promise.OPEN_SLOT
    Placement.objects.filter(pk=row.pk).update(state="declined")
    same.update(state=SlotState.WITHDRAWN)
    assert refused(lambda: place(slot)) == Promise.OPEN_SLOT


def test_a_cancelled_intake_holds_nobody():
    slot = factories.slot.make()
    row = place(slot)
    same = Intake.objects.filter(pk=slot.intake_id)
    assert refused(lambda: same.update(state="cancelled")) == Promise.INTAKE_ON
    Placement.objects.filter(pk=row.pk).update(state="declined")
    same.update(state=IntakeState.CANCELLED)
    assert refused(lambda: place(slot)) == Promise.INTAKE_ON


def test_an_agreement_keeps_its_people_year_by_year():
    agreement = factories.agreement.make(yearly_cap=1)
    this, other = factories.slot.make(_quantity=2)
    later = factories.slot.make(starts_on=date(2028, 4, 1), ends_on=date(2029, 4, 1))
    place(this, agreement=agreement)
    assert (
        refused(lambda: place(other, agreement=agreement)) == Promise.AGREEMENT_PEOPLE
    )
    place(later, agreement=agreement)
    place(other)


def test_an_agreement_keeps_its_months_in_each_year():
    # From April to April: 9 months in 2027, 3 in 2028.
    agreement = factories.agreement.make(yearly_cap=None, yearly_person_months=12)
    one, two = factories.slot.make(_quantity=2)
    short = factories.slot.make(ends_on=date(2027, 6, 30))
    place(one, agreement=agreement)
    assert refused(lambda: place(two, agreement=agreement)) == Promise.AGREEMENT_MONTHS
    place(short, agreement=agreement)


def test_a_route_keeps_its_people():
    route = factories.immigration_route.make()
    factories.route_cap.make(route=route, most=1)
    one, two = factories.slot.make(_quantity=2, route=route)
    place(one)
    assert refused(lambda: place(two)) == Promise.ROUTE_PEOPLE


def capped(starts_on, ends_on, cap, **program):
    """Make a slot that rests on the route of a cap."""
    return factories.slot.make(
        route=cap.route,
        starts_on=starts_on,
        ends_on=ends_on,
        **{f"intake__program__{name}": value for name, value in program.items()},
    )


def test_entries_of_a_period_are_counted_from_its_first_day_to_its_last():
    cap = factories.route_cap.make(
        valid_from=date(2027, 4, 1), valid_to=date(2028, 4, 1)
    )
    end = date(2029, 1, 1)
    for outside in (date(2027, 3, 31), date(2028, 4, 1)):
        place(capped(outside, end, cap))
    place(capped(date(2027, 4, 1), end, cap))
    last = capped(date(2028, 3, 31), end, cap)
    assert refused(lambda: place(last)) == Promise.ROUTE_PEOPLE


def test_a_yearly_cap_counts_each_calendar_year_by_itself():
    cap = factories.route_cap.make(is_yearly=True)
    end = date(2029, 6, 1)
    place(capped(date(2027, 1, 1), end, cap))
    place(capped(date(2028, 1, 1), end, cap))
    late = capped(date(2027, 12, 31), end, cap)
    assert refused(lambda: place(late)) == Promise.ROUTE_PEOPLE


def test_people_staying_are_counted_on_each_day_of_the_period():
    cap = factories.route_cap.make(
        counts="staying", valid_from=date(2027, 4, 1), valid_to=date(2028, 4, 1)
    )
    place(capped(date(2026, 1, 1), date(2027, 6, 1), cap))
    place(capped(date(2026, 1, 1), date(2027, 4, 1), cap))  # gone on the first day
    place(capped(date(2027, 6, 1), date(2028, 6, 1), cap))  # comes as the other goes
    place(capped(date(2028, 4, 1), date(2028, 9, 1), cap))  # after the last day
    for days in (
        (date(2027, 5, 31), date(2027, 6, 1)),
        (date(2028, 3, 31), date(2028, 9, 1)),
        (date(2025, 1, 1), date(2027, 4, 2)),
    ):
        slot = capped(*days, cap)
        assert refused(lambda slot=slot: place(slot)) == Promise.ROUTE_PEOPLE, days


def test_the_journey_lies_between_two_stays_of_one_human():
    back = factories.immigration_route.make(travel_days=2, country=factories.japan())
    out = factories.immigration_route.make(travel_days=3)
    person = factories.participant.make()

    def stay(first, after, route):
        slot = factories.slot.make(
            starts_on=first, ends_on=after, route=route, country=route.country
        )
        application = factories.application.make(participant=person, intake=slot.intake)
        return place(slot, application=application)

    stay(date(2027, 7, 1), date(2027, 9, 1), back)
    for days in (
        (date(2027, 9, 5), date(2027, 10, 1)),
        (date(2027, 5, 1), date(2027, 6, 27)),
    ):
        assert refused(lambda days=days: stay(*days, out)) == Promise.ONE_STAY
    stay(date(2027, 9, 6), date(2027, 10, 1), out)
    stay(date(2027, 5, 1), date(2027, 6, 26), out)
    assert invariants.nobody_is_in_two_places(NOW) == []
    out.travel_days = 4
    out.save()
    assert len(invariants.nobody_is_in_two_places(NOW)) == 2


def test_two_stays_in_one_country_may_follow_each_other():
    route = factories.immigration_route.make(travel_days=9)
    person = factories.participant.make()
    for first, after in (
        (date(2027, 1, 1), date(2027, 4, 1)),
        (date(2027, 4, 1), date(2027, 7, 1)),
    ):
        slot = factories.slot.make(starts_on=first, ends_on=after, route=route)
        application = factories.application.make(participant=person, intake=slot.intake)
        place(slot, application=application)
    assert invariants.nobody_is_in_two_places(NOW) == []


def test_a_cap_of_a_sector_counts_its_programs_alone():
    cap = factories.route_cap.make(sector="health")
    days = date(2027, 4, 1), date(2028, 4, 1)
    place(capped(*days, cap, priority_sector="health"))
    place(capped(*days, cap, priority_sector="food"))
    nurse = capped(*days, cap, priority_sector="health")
    assert refused(lambda: place(nurse)) == Promise.ROUTE_PEOPLE


def test_whoever_stays_longer_counts_on_the_days_that_are_new():
    cap = factories.route_cap.make(counts="staying")
    early = capped(date(2027, 1, 1), date(2028, 1, 1), cap)
    first = place(early, own_starts_on=date(2027, 1, 1), own_ends_on=date(2027, 6, 1))
    place(capped(date(2027, 6, 1), date(2028, 1, 1), cap))
    longer = Placement.objects.filter(pk=first.pk)
    change = {"own_ends_on": date(2027, 6, 2)}
    assert refused(lambda: longer.update(**change)) == Promise.ROUTE_PEOPLE


def caps_of_each_kind(most):
    """Yield a cap on entries, on entries of a year, and on people staying."""
    for counts, is_yearly in (
        ("entries", False),
        ("entries", True),
        ("staying", False),
    ):
        yield factories.route_cap.make(
            counts=counts,
            is_yearly=is_yearly,
            most=most,
            sector="health",
            valid_from=date(2027, 3, 1),
            valid_to=date(2028, 7, 1),
        )


def test_counting_and_refusing_are_the_same():
    """Places are taken at random until refused: what counts is at most what is let in,
    and one more of what was refused would break the cap."""
    rng = random.Random(11)
    for cap in caps_of_each_kind(most=3):
        refusals = 0
        for _each in range(18):
            first = date(2027, 1, 1) + timedelta(days=rng.randrange(700))
            after = first + timedelta(days=rng.randrange(1, 400))
            sector = rng.choice(["health", "health", "food"])
            slot = capped(first, after, cap, priority_sector=sector)
            stays = Counter(
                Placement.objects.live()
                .filter(slot__route=cap.route)
                .values_list(
                    "slot__intake__program__priority_sector",
                    "slot__starts_on",
                    "slot__ends_on",
                )
            )
            stays[sector, first, after] += 1
            uses = route_caps.of_stays(cap, stays)
            if any(use.people > cap.most for use in uses):
                refusals += 1
                assert refused(lambda slot=slot: place(slot)) == Promise.ROUTE_PEOPLE
            else:
                place(slot)
        assert refusals


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL counts a statement, keeps no sums"
)
def test_the_sums_are_what_counting_says_whatever_was_done():
    route = factories.immigration_route.make()
    agreements = factories.agreement.make(_quantity=2)
    slots = [
        factories.slot.make(agreement=each, route=route, capacity_max=9)
        for each in agreements
    ]
    rows = [place(slot, agreement=slot.agreement) for slot in slots for _ in range(3)]
    assert sums() == counted() != []
    Placement.objects.filter(pk=rows[0].pk).update(state=PlacementState.DECLINED)
    Placement.objects.filter(pk=rows[1].pk).update(agreement=agreements[1])
    Placement.objects.filter(pk=rows[2].pk).update(slot=slots[1])
    assert sums() == counted()
    Slot.objects.filter(pk=slots[1].pk).update(
        starts_on=slots[1].starts_on + timedelta(days=400),
        ends_on=slots[1].ends_on + timedelta(days=900),
        route=None,
    )
    assert sums() == counted()
    Placement.objects.filter(pk__in=[rows[3].pk, rows[4].pk]).delete()
    Placement.objects.filter(pk=rows[0].pk).update(state=PlacementState.OFFERED)
    assert sums() == counted()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks them up")
def test_the_rates_are_those_of_the_table_whatever_was_done():
    def kept():
        return lines("SELECT * FROM programs_worth_rate")

    def now():
        return lines("SELECT * FROM programs_worth_rate_now")

    rate = factories.exchange_rate.make(currency="JPY", rate=100)
    assert kept() == now() == [("IDR", 1), ("JPY", 100)]
    rate.rate = 110
    rate.save()
    assert kept() == now() == [("IDR", 1), ("JPY", 110)]
    rate.delete()
    assert kept() == now() == [("IDR", 1)]


def sums():
    """Return (what, thing, year, people, tenths) as they are kept."""
    return lines("SELECT * FROM programs_promise_drawn WHERE people OR tenths")


def counted():
    """Return the same, counted from the places."""
    return lines(
        "SELECT what, thing, year, sum(people) AS heads, sum(tenths) AS months "
        "FROM programs_promise_draws GROUP BY 1, 2, 3 HAVING heads OR months"
    )


def lines(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(cursor.fetchall())


def application_of(person):
    """Let a person apply to one more intake."""
    return factories.application.make(participant=person)


def test_one_stay_at_a_time():
    person = factories.participant.make()
    one, two = factories.slot.make(_quantity=2)
    after = factories.slot.make(starts_on=one.ends_on, ends_on=date(2029, 1, 1))
    first = place(one, application=application_of(person))
    again = application_of(person)
    assert refused(lambda: place(two, application=again)) == Promise.ONE_STAY
    place(after, application=again)
    earlier = one.ends_on - timedelta(days=1)
    moved = Slot.objects.filter(pk=after.pk)
    assert refused(lambda: moved.update(starts_on=earlier)) == Promise.ONE_STAY
    Placement.objects.filter(pk=first.pk).update(state="declined")
    moved.update(starts_on=earlier)


def test_one_human_registered_twice_has_one_stay_at_a_time():
    people = [
        factories.participant.make(registered_by=factories.institution.make())
        for _ in range(2)
    ]
    Participant.objects.update(nik_hash="the-same-number")
    one, two = factories.slot.make(_quantity=2)
    place(one, application=application_of(people[0]))
    second = application_of(people[1])
    assert refused(lambda: place(two, application=second)) == Promise.ONE_STAY


@pytest.fixture
def money():
    """A source with ten million for anything, and five for one category."""
    source = factories.funding_source.make()
    own = factories.cost_category.make()
    factories.budget_line.make(source=source, amount=10_000_000)
    factories.budget_line.make(source=source, amount=5_000_000, category=own)
    return source, own, factories.cost_category.make()


def pay(source, category, amount, **columns):
    """Let a source pay for somebody, past every verb."""
    return factories.funding_line.make(
        source=source, category=category, amount=amount, **columns
    )


def test_a_budget_is_not_overspent(money):
    source, own, other = money
    pay(source, own, 8_000_000)  # five of its own, three of the rest
    line = pay(source, other, 6_000_000)
    assert refused(lambda: pay(source, other, 2_000_000)) == Promise.BUDGET
    more = FundingLine.objects.filter(pk=line.pk)
    assert refused(lambda: more.update(amount=8_000_000)) == Promise.BUDGET
    more.update(amount=7_000_000)
    pay(source, other, 1_000_000, fiscal_year=2027, placement__state="declined")
    assert refused(lambda: pay(source, own, 1)) == Promise.BUDGET
    moved = {"fiscal_year": 2031}  # a year without any line
    assert refused(lambda: more.update(**moved)) == Promise.BUDGET


def test_what_is_given_back_is_free_again(money):
    source, _own, other = money
    line = pay(source, other, 10_000_000)
    assert refused(lambda: pay(source, other, 1)) == Promise.BUDGET
    FundingLine.objects.filter(pk=line.pk).update(spent=4_000_000)
    Placement.objects.filter(pk=line.placement_id).update(state="ended_early")
    pay(source, other, 6_000_000)
    assert refused(lambda: pay(source, other, 1)) == Promise.BUDGET
    revive = Placement.objects.filter(pk=line.placement_id)
    assert refused(lambda: revive.update(state="arrived")) == Promise.BUDGET


def test_a_line_without_a_limit_and_one_in_a_foreign_currency(money):
    source, own, other = money
    factories.exchange_rate.make(currency="JPY", rate=Decimal(100))
    source.budget_lines.filter(category=own).update(amount=None)
    source.budget_lines.filter(category=None).update(amount=10, currency="JPY")
    pay(source, own, 90_000_000)
    pay(source, other, 1000)
    assert refused(lambda: pay(source, other, 1)) == Promise.BUDGET


def test_a_cut_budget_stays_and_takes_no_more(money):
    source, own, other = money
    line = pay(source, other, 10_000_000)
    source.budget_lines.filter(category=None).update(amount=1_000_000)
    assert refused(lambda: pay(source, other, 1)) == Promise.BUDGET
    pay(source, own, 5_000_000)  # has a line of its own
    FundingLine.objects.filter(pk=line.pk).update(amount=9_000_000)


def test_promises_come_back_after_a_migration():
    assert promises.is_installed()
    promises.uninstall()
    assert not promises.is_installed()
    slot = factories.slot.make(capacity_max=1)
    place(slot)
    place(slot)  # a breach of the first version
    call_command("migrate", verbosity=0)
    assert promises.is_installed()
    assert Placement.objects.live().count() == 2
    assert refused(lambda: place(slot)) == Promise.SEATS


def test_a_constraint_is_named_on_both_databases():
    slot = factories.slot.make()
    same = Slot.objects.filter(pk=slot.pk)
    assert refused(lambda: same.update(capacity_max=0)) == "slot_capacity_is_in_order"
    name = refused(lambda: factories.slot.make(code=slot.code, host=slot.host))
    assert name == "slot_code_is_given_once_a_host"
