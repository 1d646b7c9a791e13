"""Who moves up is chosen at the quotas' prices, and the page says what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.allocation.decisions import publish
from planner.allocation.vacancies import reserves, shares, suggestions
from planner.models import MoveUp
from programs.choices import QuotaKind, QuotaMeasure, Sex
from programs.domain import placements
from programs.domain.actors import SYSTEM
from programs.models import Placement
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, suggest
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
TOLD = (
    "Women: then 2 of 3 (66.7%); at most 1 are allowed, 1 person too many; costs 400 "
    "points."
)


@pytest.fixture
def free(world, plan):
    """A man has declined; a woman waits first, a man second; women at most 50%."""
    world.seat = world.slot(seats=3)
    people = (
        (90, Sex.MALE),
        (85, Sex.MALE),
        (80, Sex.FEMALE),
        (60, Sex.FEMALE),
        (40, Sex.MALE),
    )
    world.people = [
        world.person(world.seat, merit=merit, who={"sex": sex}) for merit, sex in people
    ]
    publish.publish(approved(world, plan()), by=world.planner, now=NOW)
    world.quota = factories.quota.make(
        intake=world.intake,
        sex=Sex.FEMALE,
        kind=QuotaKind.CAP,
        measure=QuotaMeasure.PERCENT,
        value=50,
        price=400,
        is_hard=False,
        name_en="Women",
        name_id="Perempuan",
    )
    placements.decline(
        placement=Placement.objects.get(application=world.people[0]),
        by=SYSTEM,
        now=LATER,
    )
    return world


def test_who_costs_a_quota_less_comes_before_the_first_on_the_list(free):
    assert suggest(now=LATER) == 1
    assert MoveUp.objects.get().application == free.people[4]
    placed = suggestions.confirm(MoveUp.objects.get(), by=free.planner, now=LATER)
    assert placed.application == free.people[4]


def test_by_hand_the_same_person_moves_up(free):
    placed = reserves.move_up(free.seat, by=free.planner, now=LATER)
    assert placed.application == free.people[4]


def test_where_nobody_costs_less_the_list_decides(free):
    free.quota.delete()
    assert suggest(now=LATER) == 1
    assert MoveUp.objects.get().application == free.people[3]


def test_each_is_told_with_what_it_makes_of_the_quota_and_costs(free):
    woman, man = reserves.candidates(free.seat)
    assert (woman.cost, man.cost) == (400, 0)
    assert [str(share) for share in woman.shares] == [TOLD]
    assert woman.fits


def test_who_is_suggested_already_counts(free):
    weighed = shares.of_intakes([free.intake])
    woman, man = free.people[3:]
    assert weighed.of(woman, free.seat, [(man, free.seat)]) == []
    (share,) = weighed.of(woman, free.seat)
    assert (share.after.having, share.after.people, share.cost) == (2, 3, 400)


def test_the_pages_say_what_it_costs(client, free):
    client.cookies["django_language"] = "en"
    client.force_login(free.planner)
    listed = text(client.get(page("desk_move_up", free.seat.pk)))
    assert TOLD in listed
    MoveUp.objects.create(
        freed=Placement.objects.get(application=free.people[0]),
        slot=free.seat,
        application=free.people[3],
        position=1,
        suggested_at=LATER,
    )
    assert TOLD in text(client.get(page("desk_free")))


def test_quotas_are_counted_in_as_many_queries_for_one_and_for_many(free):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            weighed = shares.of_intakes([free.intake])
            weighed.of(free.people[3], free.seat)
        return len(seen)

    few = queries()
    for _ in range(3):
        factories.placement.make(slot=free.slot(), state="accepted")
    assert queries() == few
