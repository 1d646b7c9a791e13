"""Nothing scarce is given twice, whoever acts at the same moment."""

from datetime import date

from django.db.models import Sum

from planner.allocation.decisions import replan
from planner.allocation.vacancies import reserves
from programs.models import Agreement, FundingLine, Participant, Placement, Slot
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

from .acts import meet, worked
from .worlds import again, approved, breaches, leave, published, publishing, user

OFFER = 'INSERT INTO "programs_placement"'


def moving_up(world, slot):
    """Return a call that lets the next person move up."""
    return lambda: reserves.move_up(again(slot), by=user(world.planner), now=NOW)


def coordinator(world):
    """Return somebody who coordinates the program."""
    return factories.coordinator(of=world.program.owner)


def refusals(*acts):
    """Return the codes of refusals; anything else that went wrong is raised."""
    for act in acts:
        if act.error is not None and not isinstance(act.error, Refusal):
            raise act.error
    return [act.error.code for act in acts if act.error is not None]


def two_full_slots(world, **columns):
    """Publish two slots of one seat, each with somebody waiting, then free both."""
    world.money = world.source("apbn", 20_000_000)
    world.cost(10_000_000, world.money)
    slots = world.slots = [world.slot(seats=1, **columns) for _ in range(2)]
    for slot in slots:
        for merit in (90, 40):
            world.person(slot, merit=merit)
    published(world)
    by = coordinator(world)
    for slot in slots:
        leave(slot, by)


def two_full_slots_of_an_agreement(world):
    """Let both slots count against one agreement."""
    two_full_slots(world, agreement=factories.agreement.make(yearly_cap=2))


def test_two_who_move_up_do_not_overspend_a_budget(prepare):
    """Held by the claim of the sources; behind it by the promise on budgets."""
    world = prepare(two_full_slots)
    world.money.budget_lines.update(amount=15_000_000)
    one, two = world.slots
    acts = meet(moving_up(world, one), before=OFFER, second=moving_up(world, two))
    assert refusals(*acts)
    assert len(worked(*acts)) == 1
    spent = FundingLine.objects.committed().aggregate(sum=Sum("held"))["sum"]
    assert spent == 10_000_000
    assert breaches() == []


def test_two_who_move_up_do_not_exceed_the_cap_of_an_agreement(prepare):
    """Held by the claim of the agreement; behind it by the promise on its people."""
    world = prepare(two_full_slots_of_an_agreement)
    world.money.budget_lines.update(amount=90_000_000)
    one, two = world.slots
    Agreement.objects.update(yearly_cap=1)
    acts = meet(moving_up(world, one), before=OFFER, second=moving_up(world, two))
    assert refusals(*acts)
    assert Placement.objects.live().count() == 1
    assert breaches() == []


def two_full_slots_of_a_house(world):
    """Let two slots of two intakes share the beds of one house, and free both."""
    world.house = factories.shared_resource.make(capacity=2)
    world.slots, by = [], coordinator(world)
    for intake in (world.intake, world.add_intake()):
        slot = world.slot(seats=1, intake=intake)
        factories.resource_use.make(resource=world.house, slot=slot)
        for merit in (90, 40):
            world.person(slot, merit=merit, intake=intake)
        world.slots.append(slot)
    published(world, intakes=[slot.intake for slot in world.slots])
    for slot in world.slots:
        leave(slot, by)


def test_two_who_move_up_do_not_share_a_bed(prepare):
    world = prepare(two_full_slots_of_a_house)
    type(world.house).objects.update(capacity=1)
    one, two = world.slots
    acts = meet(moving_up(world, one), before=OFFER, second=moving_up(world, two))
    assert refusals(*acts)
    assert Placement.objects.live().count() == 1


def replanned(world):
    """Free a published seat, and approve a plan that gives it again."""
    slot = world.seat = world.slot(seats=2)
    for merit in (90, 70, 40, 20):
        world.person(slot, merit=merit)
    base = published(world)
    leave(slot, coordinator(world))
    asked = replan.replan(base, by=world.planner, now=NOW, seconds=10, rings=False)
    world.plan = approved(world, run=asked)


def test_a_seat_is_not_given_by_a_replanning_and_by_moving_up(prepare):
    """Held by the claim of the slot; behind it by the promise on seats."""
    world = prepare(replanned)
    publishes = publishing(world, world.plan)
    acts = meet(moving_up(world, world.seat), before=OFFER, second=publishes)
    refusals(*acts)
    assert Placement.objects.live().filter(slot=world.seat).count() == 2
    assert breaches() == []


def waiting_twice(world, **second):
    """Publish two intakes in which one person waits, with a free seat in each."""
    slots, person = [], factories.participant.make()
    world.slots = slots
    for intake in (world.intake, world.add_intake()):
        slot = world.slot(seats=1, intake=intake)
        world.person(slot, merit=90, intake=intake)
        who = {"participant": person} if not slots else {"participant": person} | second
        world.person(slot, merit=40, intake=intake, **who)
        published(world, intakes=[intake])
        slots.append(slot)
    by = coordinator(world)
    for slot in slots:
        leave(slot, by)


def waiting_under_two_names(world):
    """Let somebody who was registered twice wait once under each name."""
    twin = factories.participant.make(registered_by=factories.institution.make())
    waiting_twice(world, participant=twin)


def test_one_person_does_not_get_two_stays_at_the_same_time(prepare):
    """Held by the claim of the person; behind it by the promise on one stay."""
    world = prepare(waiting_twice)
    one, two = world.slots
    acts = meet(moving_up(world, one), before=OFFER, second=moving_up(world, two))
    assert refusals(*acts)
    assert Placement.objects.live().count() == 1
    assert breaches() == []


def test_one_human_registered_twice_does_not_get_two_stays(prepare):
    """Held by the claim of all records of the human; behind it by the same promise."""
    world = prepare(waiting_under_two_names)
    one, two = world.slots
    Participant.objects.filter(applications__reserve_entries__is_open=True).update(
        nik_hash="the-same-number"
    )
    acts = meet(moving_up(world, one), before=OFFER, second=moving_up(world, two))
    assert refusals(*acts)
    assert Placement.objects.live().count() == 1


def test_stays_one_after_the_other_are_no_clash(prepare):
    """The counterpart: a promise that forgets the days of stays refuses one."""
    world = prepare(waiting_twice)
    one, two = world.slots
    Slot.objects.filter(pk=two.pk).update(
        starts_on=date(2028, 4, 1), ends_on=date(2029, 4, 1)
    )
    acts = meet(moving_up(world, one), before=OFFER, second=moving_up(world, two))
    assert refusals(*acts) == []
    assert Placement.objects.live().count() == 2
