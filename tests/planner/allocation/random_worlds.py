"""Small worlds drawn at random, with every feature that a plan can have."""

import random
from datetime import date

from programs.choices import ResourceKind, Sex, UsedBy
from tests import factories


def fill(world, seed):
    """Fill a world: cohorts, money of two sources, quotas, a team, a pathway, a pin, a
    room that a class takes by running, and conditions."""
    rng = random.Random(seed)
    agreement = factories.agreement.make(yearly_cap=rng.randint(2, 5))
    slots = [slot(world, rng, agreement) for _ in range(4)]
    bed = factories.shared_resource.make(
        kind=ResourceKind.CONCURRENT, capacity=rng.randint(1, 4)
    )
    for one in slots[:2]:
        factories.resource_use.make(resource=bed, slot=one, amount=1)
    money(world, rng)
    quotas(world, rng)
    people = [person(world, rng, slots) for _ in range(rng.randint(8, 12))]
    both = steps(world, rng)
    for _ in range(3):
        world.person(both, slots[2], merit=rng.randint(10, 90))
    team = factories.team.make(intake=world.intake)
    for _ in range(2):
        world.person(slots[0], slots[1], team=team, merit=rng.randint(10, 90))
    if rng.random() < 0.5:
        pinned = people[0]
        place = pinned.preferences.first().slot
        factories.pin.make(application=pinned, slot=place, created_by=world.planner)
    for _ in range(2):  # one human, registered twice
        wishes = rng.sample(slots, 2)
        world.person(*wishes, merit=rng.randint(10, 90), who={"nik_hash": "h" * 64})
    rooms_and_conditions(world, random.Random(f"more {seed}"), slots)


def rooms_and_conditions(world, rng, slots):
    """Let classes share rooms, and slots and quotas ask for something."""
    room = factories.shared_resource.make(
        kind=ResourceKind.CONCURRENT, capacity=rng.randint(1, 2)
    )
    for one in rng.sample(slots, 3):
        factories.resource_use.make(
            resource=room, slot=one, amount=1, used_by=UsedBy.CLASS
        )
    asking = rng.choice(slots)
    asking.condition = f"kkni >= {rng.randint(4, 6)}"
    asking.save()
    factories.quota.make(
        intake=world.intake,
        attribute="condition",
        sex="",
        condition="kkni >= 5",
        kind=rng.choice(["cap", "floor"]),
        measure="absolute",
        value=rng.randint(1, 3),
        is_hard=False,
        price=rng.choice([100, 1_500]),
    )


def steps(world, rng):
    """Add a pathway: two slots, one after the other."""
    pathway = factories.pathway.make(intake=world.intake)
    days = (date(2027, 5, 1), date(2027, 7, 1)), (date(2027, 8, 1), date(2027, 11, 1))
    for position, (start, end) in enumerate(days, start=1):
        step = world.slot(seats=rng.randint(1, 2), starts_on=start, ends_on=end)
        factories.pathway_step.make(pathway=pathway, position=position, slot=step)
    return pathway


def slot(world, rng, agreement):
    """Add a slot: a few seats, a cohort or not, under an agreement or not."""
    fewest = rng.choice([1, 1, 2, 3])
    columns = {"agreement": agreement} if rng.random() < 0.5 else {}
    return world.slot(seats=rng.randint(fewest, 4), fewest=fewest, **columns)


def money(world, rng):
    """Let places cost something that two sources may pay."""
    first = world.source("first", rng.randint(2, 8) * 10_000_000)
    second = world.source("second", rng.randint(0, 3) * 10_000_000)
    world.cost(10_000_000, first, second)
    if rng.random() < 0.5:
        world.cost(rng.randint(1, 9) * 1_000_000, second)


def quotas(world, rng):
    """Add a hard and a priced quota, as numbers and as shares."""
    factories.quota.make(
        intake=world.intake,
        sex=Sex.FEMALE,
        kind=rng.choice(["cap", "floor"]),
        measure="percent",
        value=rng.choice([30, 50]),
        is_hard=False,
        price=rng.choice([200, 2_000]),
    )
    factories.quota.make(
        intake=world.intake,
        sex=Sex.MALE,
        kind="cap",
        measure="absolute",
        value=rng.randint(2, 6),
        is_hard=True,
    )


def person(world, rng, slots):
    """Add somebody with one to three wishes."""
    wishes = rng.sample(slots, rng.randint(1, 3))
    sex = rng.choice([Sex.FEMALE, Sex.MALE])
    return world.person(*wishes, merit=rng.randint(10, 95), who={"sex": sex})
