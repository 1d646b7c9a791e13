"""A quota counts each human once, whatever places the human has, and had before."""

import random
from datetime import date
from itertools import product

import numpy as np
import pytest

from planner.allocation.decisions import publish
from planner.allocation.problem import snapshot
from planner.allocation.problem.constraints.quotas import standing
from planner.allocation.results.outcome import Place
from planner.optimiser import Plan
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.model.validate import started
from programs.choices import (
    PlacementState,
    QuotaAttribute,
    QuotaKind,
    QuotaMeasure,
    Sex,
)
from programs.models import Placement
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, places

SPRING = {"starts_on": date(2027, 5, 1), "ends_on": date(2027, 7, 1)}
AUTUMN = {"starts_on": date(2027, 8, 1), "ends_on": date(2027, 11, 1)}
PRICE = 300


def seasons(world):
    """Return two intakes of the program, with when their slots are."""
    return (world.intake, SPRING), (world.add_intake(), AUTUMN)


def quota(world, **columns):
    columns = {"program": world.program, "intake": None, "price": PRICE} | columns
    return factories.quota.make(**columns)


def some_quotas(world, rng, country):
    """Quotas over both intakes, one of each measure and attribute with two places."""
    women = {"attribute": QuotaAttribute.SEX, "sex": Sex.FEMALE}
    there = {"attribute": QuotaAttribute.HOST_COUNTRY, "host_country": country}
    for number, measure in enumerate(QuotaMeasure.values):
        value = rng.choice([25, 40, 60]) if measure == QuotaMeasure.PERCENT else 2
        named = [women, there]
        if measure == QuotaMeasure.DIFFERENT:
            countable = (QuotaAttribute.INSTITUTION, QuotaAttribute.HOST_COUNTRY)
            named = [{"attribute": attribute} for attribute in countable]
        for columns in named:
            quota(
                world,
                measure=measure,
                value=value,
                kind=rng.choice(QuotaKind.values),
                is_hard=bool(number and rng.random() < 0.3),
                **({"sex": ""} | columns),
            )


@pytest.mark.parametrize("seed", [0, 5, 7])
def test_every_plan_is_judged_as_its_people_are_counted(world, seed):
    """All plans of five people who applied to one intake or to both, one of them as a
    team, some placed before: what each quota's row misses is what a count misses."""
    rng = random.Random(seed)
    (spring, early), (autumn, late) = seasons(world)
    slots = {
        intake: [
            world.slot(intake=intake, seats=4, country=country, **days)
            for country in (factories.country.make(), factories.country.make())
        ]
        for intake, days in ((spring, early), (autumn, late))
    }
    some_quotas(world, rng, slots[spring][0].country)
    some_quotas(world, rng, slots[autumn][1].country)
    team = factories.team.make(intake=autumn)
    for number in range(5):
        sex = rng.choice([Sex.FEMALE, Sex.MALE])
        person = factories.participant.make(sex=sex)
        for intake, own in slots.items():
            columns = {"participant": person, "intake": intake}
            in_team = number < 2 and intake == autumn
            if in_team:
                world.person(*own, team=team, **columns)
            elif rng.random() < 0.8:
                asked = world.person(*rng.sample(own, rng.randint(1, 2)), **columns)
                if number == 4 and intake == spring:
                    factories.placement.make(application=asked, slot=own[0])
    today = snapshot.take(intakes=[spring, autumn])
    problem = today.problem
    menus = [
        [*([] if must else [-1]), *np.flatnonzero(problem.option_agent == agent)]
        for agent, must in enumerate(problem.agent_must)
    ]
    seen = 0
    for choice in map(np.array, product(*menus)):
        told = facts(problem, choice).violations
        if any("overlap" in each for each in told):
            continue
        seen += 1
        judged(today, choice)
    assert seen > 50
    signs = set(np.sign(problem.opening_amount).tolist())
    assert signs == {-1, 1}


def judged(today, choice):
    """Compare what every quota's row misses with a count of the people."""
    use = Plan.of(today.problem, choice).use
    rows, pairs = today.rows, today.pairs
    chosen = [p for o in choice if o >= 0 for p in today.offers.pairs_of(o)]
    plan = [
        Place(rows.applications[pairs.applicant[p]], rows.slots[pairs.slot[p]])
        for p in chosen
    ]
    for at, limit in enumerate(today.limits):
        if limit.quota is None:
            continue
        stands = standing(limit.quota, [*rows.kept, *plan], rows.grounds)
        step = np.array(limit.step)
        over = 0 if limit.upper is None else int(started(use[at] - limit.upper, step))
        short = int(started(limit.lower - use[at], step))
        assert stands.missed == max(short, over), limit.key


def test_two_places_of_a_woman_are_one_woman(world, plan):
    """Two women are asked for, and one at most: she is one."""
    (spring, early), (autumn, late) = seasons(world)
    first = world.slot(intake=spring, **early)
    second = world.slot(intake=autumn, **late)
    woman = factories.participant.make(sex=Sex.FEMALE)
    world.person(first, participant=woman)
    world.person(second, intake=autumn, participant=woman)
    measure = QuotaMeasure.ABSOLUTE
    quota(world, measure=measure, value=2, kind=QuotaKind.FLOOR)
    quota(world, measure=measure, value=1, kind=QuotaKind.CAP, is_hard=True)
    run = plan(intakes=[spring, autumn])
    assert len(places(run)) == 2
    stands = list(run.prices.filter(kind="quota").values_list("use", "lower"))
    assert set(stands) == {(1, None), (1, 2)}
    assert run.summary["placed"] == 1


def test_who_was_placed_by_an_earlier_run_is_no_further_person(world, plan):
    """At most one woman: the one who has a place may have another, and nobody else."""
    (spring, early), (autumn, late) = seasons(world)
    woman = factories.participant.make(sex=Sex.FEMALE)
    factories.placement.make(
        application=world.person(participant=woman),
        slot=world.slot(intake=spring, **early),
        state=PlacementState.CONFIRMED,
    )
    slot = world.slot(intake=autumn, seats=2, **late)
    again = world.person(slot, intake=autumn, participant=woman, merit=1)
    world.person(slot, intake=autumn, merit=90, who={"sex": Sex.FEMALE})
    cap = {"kind": QuotaKind.CAP, "is_hard": True, "value": 1}
    quota(world, measure=QuotaMeasure.ABSOLUTE, **cap)
    run = plan(intakes=[autumn])
    assert places(run) == {again.pk: slot.code}
    assert run.prices.get(kind="quota").use == 1


def test_quotas_of_three_runs_over_one_year_are_recounted_from_the_placements(
    world, plan
):
    """Three seasons, most people ask for all of them: after each publication every
    quota of the run, on its pages and in its figures, is what the tables say."""
    days = ((1, 3), (4, 6), (7, 9))
    intakes = [world.intake, world.add_intake(), world.add_intake()]
    slots = [
        world.slot(
            intake=intake,
            seats=3,
            starts_on=date(2027, first + 2, 1),
            ends_on=date(2027, last + 2, 1),
        )
        for intake, (first, last) in zip(intakes, days, strict=True)
    ]
    women = [factories.participant.make(sex=Sex.FEMALE) for _ in range(2)]
    men = [factories.participant.make(sex=Sex.MALE) for _ in range(4)]
    for number, (intake, slot) in enumerate(zip(intakes, slots, strict=True)):
        for person in (*women, *men[number : number + 2]):
            world.person(slot, intake=intake, participant=person)
    shares = {"kind": QuotaKind.FLOOR, "value": 60, "measure": QuotaMeasure.PERCENT}
    quota(world, **shares)
    quota(world, measure=QuotaMeasure.ABSOLUTE, value=3, kind=QuotaKind.FLOOR)
    counts = []
    for intake in intakes:
        run = plan(intakes=[intake])
        publish.publish(approved(world, run), by=world.planner, now=NOW)
        placed = Placement.objects.live().filter(
            application__intake__program=world.program
        )
        people = placed.values("application__participant").distinct().count()
        female = placed.filter(application__participant__sex=Sex.FEMALE)
        having = female.values("application__participant").distinct().count()
        asked = -(-60 * people // 100)
        told = [(row["used"], row["lower"]) for row in run.summary["quotas"]]
        assert sorted(told) == sorted([(having, asked), (having, 3)])
        rows = run.prices.filter(kind="quota").values_list("use", "lower")
        assert sorted(rows) == sorted(told)
        counts.append((placed.count(), people))
    assert counts[-1][0] > counts[-1][1]
