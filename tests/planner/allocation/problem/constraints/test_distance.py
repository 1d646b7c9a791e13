"""Own province first, neighbours next: what asks how far a place is, in whole plans.

Jawa Barat, Tengah and Timur lie in a row: 309 km and 270 km from one to the next.
"""

import pytest
from django.utils import translation

from programs.choices import QuotaAttribute
from tests import factories
from tests.planner.allocation.worlds import places, reasons

pytestmark = pytest.mark.django_db
NEAR = "nearness in (own, neighbour)"


@pytest.fixture
def java(db):
    """The three provinces by their codes."""
    return factories.java()


@pytest.fixture
def bandung(world, java):
    """Return a function that adds a slot in Jawa Barat."""

    def add(seats, **columns):
        where = {"country": factories.indonesia(), "province": java["32"]}
        return world.slot(seats=seats, **where | columns)

    return add


def from_(java, code):
    return {"province": java[code]}


def told(run, application):
    """Return what a planner reads of somebody without a place, in both languages."""
    found = []
    for language in ("en", "id"):
        with translation.override(language):
            (sentence,) = run.unplaced.get(application=application).for_planner()
            found.append(sentence)
    return found


def test_at_least_half_come_from_the_own_province_or_its_neighbours(
    world, plan, java, bandung
):
    slot = bandung(2)
    best = world.person(slot, merit=100, who=from_(java, "35"))
    world.person(slot, merit=90, who=from_(java, "35"))
    neighbour = world.person(slot, merit=1, who=from_(java, "33"))
    factories.quota.make(
        intake=world.intake,
        attribute=QuotaAttribute.CONDITION,
        sex="",
        condition=NEAR,
        value=50,
        is_hard=True,
    )
    run = plan()
    assert places(run) == {best.pk: slot.code, neighbour.pk: slot.code}
    (limit,) = run.prices.filter(kind="quota")
    assert limit.is_missed is False


@pytest.mark.parametrize("seats", [1, 2, 3])
def test_points_go_in_tiers(world, plan, java, bandung, seats):
    """All else is equal: the nearest get the seats there are."""
    slot = bandung(seats)
    tiers = {
        world.person(slot, who=from_(java, code)).pk: points
        for code, points in (("35", 0), ("33", 10), ("32", 30))
    }
    profile = factories.objective_profile.make()
    for tier, points in (("own", 30), ("neighbour", 10)):
        factories.profile_condition.make(
            profile=profile, condition=f"nearness = {tier}", points=points
        )
    run = plan(profile=profile)
    given = {row.application_id: row.value for row in run.proposals.all()}
    first = sorted(tiers, key=tiers.get, reverse=True)[:seats]
    assert {pk: value["condition"] for pk, value in given.items()} == {
        pk: tiers[pk] for pk in first
    }


def test_who_comes_from_farther_than_500_km_gets_a_ticket(world, plan, java, bandung):
    slot = bandung(3)
    category, source = factories.cost_category.make(), world.source("apbn", 2_000_000)
    factories.cost_rule.make(
        program=world.program,
        category=category,
        formula="one_off",
        amount=2_000_000,
        condition="distance > 500 km",
    )
    rule = factories.funding_rule.make(program=world.program, category=category)
    rule.sources.set([source])
    people = [
        world.person(slot, who=from_(java, code)).pk for code in ("32", "33", "35")
    ]
    run = plan()
    costs = {row.application_id: row.cost for row in run.proposals.all()}
    assert costs == dict(zip(people, [0, 0, 2_000], strict=True))


def test_who_is_too_far_reads_how_far(world, plan, java, bandung):
    slot = bandung(3, condition="distance <= 500 km")
    far = world.person(slot, who=from_(java, "35"))
    near = world.person(slot, who=from_(java, "33"))
    run = plan()
    assert places(run) == {near.pk: slot.code}
    assert reasons(run) == {far.pk: "not_eligible"}
    english, indonesian = told(run, far)
    assert "at most 500 km (here: 577 km)" in english
    assert "maksimal 500 km (di sini: 577 km)" in indonesian


def test_a_slot_without_a_province_is_near_to_nobody(world, plan, java):
    slot = world.slot(seats=1, condition=NEAR)
    person = world.person(slot, who=from_(java, "33"))
    run = plan()
    assert places(run) == {}
    assert "(not known)" in told(run, person)[0]
