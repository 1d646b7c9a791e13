"""So many different institutions, provinces or countries among the people placed."""

from collections import namedtuple
from itertools import product
from random import Random

import pytest

from planner.allocation.problem import snapshot
from planner.allocation.problem.constraints import quotas
from planner.models import RunState
from programs.choices import QuotaAttribute, QuotaKind, QuotaMeasure
from programs.models import Quota
from tests import factories
from tests.planner.allocation.worlds import places

pytestmark = pytest.mark.django_db
Held = namedtuple("Held", "application slot")
DIFFERENT = {
    "attribute": QuotaAttribute.INSTITUTION,
    "sex": "",
    "measure": QuotaMeasure.DIFFERENT,
    "kind": QuotaKind.FLOOR,
    "value": 3,
}


def floor(world, **given):
    return factories.quota.make(intake=world.intake, **(DIFFERENT | given))


@pytest.fixture
def cohort(world):
    """Three seats: the best two are of one school, and each other school sends one."""
    world.here = world.slot(seats=3)
    world.schools = factories.institution.make(_quantity=3)
    first, second, third = world.schools
    world.best, world.good, world.second, world.third = (
        world.person(world.here, merit=merit, who={"home_institution": school})
        for merit, school in ((99, first), (90, first), (50, second), (10, third))
    )
    return world


def test_without_a_floor_the_best_are_placed(cohort, plan):
    placed = set(places(plan()))
    assert placed == {cohort.best.pk, cohort.good.pk, cohort.second.pk}


def test_a_hard_floor_places_a_third_school_for_the_second_of_the_first(cohort, plan):
    quota = floor(cohort, is_hard=True)
    run = plan()
    assert set(places(run)) == {cohort.best.pk, cohort.second.pk, cohort.third.pk}
    row = run.prices.get(code=quota.code)
    assert (row.lower, row.use, row.is_hard) == (3, 3, True)
    assert run.summary["quotas"][0]["used"] == 3


def test_a_priced_floor_weighs_against_a_person(cohort, plan):
    """A school that is missing costs points of a placement; nobody is lost for it."""
    floor(cohort, is_hard=False, price=1)
    assert cohort.third.pk in places(plan())
    cohort.here.capacity_max = 2
    cohort.here.save()
    assert len(places(plan())) == 2


def test_more_schools_than_there_are_is_told(cohort, plan):
    quota = floor(cohort, is_hard=True, value=4)
    run = plan()
    assert run.state == RunState.INFEASIBLE
    assert f"quota:{quota.code}" in {each["limit"] for each in run.summary["conflict"]}


def test_a_school_that_is_there_already_counts(cohort, plan):
    """Its place stands, so two more schools are enough."""
    held = factories.placement.make(slot=cohort.here, application__intake=cohort.intake)
    floor(cohort, is_hard=True, value=3)
    run = plan()
    assert held.application_id not in places(run)
    placed = set(places(run))
    assert len(placed) == 2
    assert cohort.best.pk in placed


def test_a_cap_lets_few_schools_in(cohort, plan):
    floor(cohort, is_hard=True, kind=QuotaKind.CAP, value=1)
    assert set(places(plan())) == {cohort.best.pk, cohort.good.pk}


def test_countries_are_those_of_the_places(world, plan):
    there = world.slot(seats=3)
    elsewhere = world.slot(seats=3, country=factories.country_of("TW"))
    people = [world.person(there, elsewhere) for _ in range(3)]
    assert set(places(plan()).values()) == {there.code}
    floor(world, attribute=QuotaAttribute.HOST_COUNTRY, value=2, is_hard=True)
    assert set(places(plan()).values()) == {there.code, elsewhere.code}
    assert len(places(plan())) == len(people)


def test_who_has_no_province_brings_none(world, plan):
    here = world.slot(seats=2)
    world.person(here, who={"province": None})
    floor(world, attribute=QuotaAttribute.PROVINCE, value=1, is_hard=True)
    assert plan().state == RunState.INFEASIBLE


@pytest.mark.parametrize("seed", range(4))
def test_no_choice_at_all_is_better(world, plan, seed):
    """All choices of small random worlds, valued without the rows of the problem."""
    random = Random(seed)
    slots = [world.slot(seats=random.randint(1, 2)) for _ in range(2)]
    schools = factories.institution.make(_quantity=3)
    for _number in range(5):
        world.person(
            *random.sample(slots, random.randint(1, 2)),
            merit=random.randint(0, 100),
            who={"home_institution": random.choice(schools)},
        )
    kind = random.choice([QuotaKind.FLOOR, QuotaKind.CAP, QuotaKind.TARGET])
    price = random.choice([300, 1500])
    quota = floor(
        world, kind=kind, value=random.randint(1, 3), is_hard=False, price=price
    )
    taken = snapshot.take(intakes=[world.intake])

    def score(choice):
        """Return the points of the first two tiers, None where seats are too few."""
        held = [each for each in choice if each is not None]
        for slot in slots:
            if sum(each.slot == slot for each in held) > slot.capacity_max:
                return None
        stands = quotas.standing(Quota.objects.get(), held, taken.rows.grounds)
        people = sum(worth[each][0] for each in held) - quota.price * stands.missed
        return people, sum(worth[each][1] for each in held)

    ways, worth = {}, {}
    for option, agent in enumerate(taken.problem.option_agent.tolist()):
        pairs = taken.offers.pairs_of(option)
        if not len(pairs):
            continue
        pair = pairs[0]
        here = Held(
            taken.rows.applications[taken.pairs.applicant[pair]],
            taken.rows.slots[taken.pairs.slot[pair]],
        )
        ways.setdefault(agent, [None]).append(here)
        worth[here] = [int(taken.problem.value(tier)[option]) for tier in (0, 1)]
    best = max(filter(None, map(score, product(*ways.values()))))
    run = plan()
    chosen = [
        next(
            each
            for each in worth
            if each.application.pk == row.application_id and each.slot == row.slot
        )
        for row in run.proposals.select_related("slot")
    ]
    assert score(chosen) == best
