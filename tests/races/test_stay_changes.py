"""Two who agree on changes at once do not get the same seat, month or answer."""

from datetime import timedelta

import pytest

from programs.domain import placements, stay_changes
from programs.models import Placement, PlacementChange
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

from .acts import meet, worked
from .worlds import again, breaches, published, user

CHANGED = 'UPDATE "programs_placement"'


def coordinator(world):
    """Return somebody who coordinates the program."""
    return factories.coordinator(of=world.program.owner)


def two_who_could_move(world):
    """Two people in a slot of two seats; another slot of the host has one."""
    host = factories.host.make()
    world.full = world.slot(seats=2, host=host)
    for merit in (90, 40):
        world.person(world.full, merit=merit)
    published(world)
    world.spare = world.slot(seats=1, host=host)
    world.by = coordinator(world)
    for place in Placement.objects.all():
        placements.accept(placement=place, by=world.by, now=NOW)


def agreeing(world, change, side):
    """Return a call that agrees for the last side, as another process would."""
    return lambda: stay_changes.agree(
        change=again(change), by=user(world.by), now=NOW, side=side
    )


def proposed(world, placement, **wanted):
    """Propose a change to which the sender has agreed."""
    facts = {"by": world.by, "now": NOW}
    change = stay_changes.propose(
        placement=placement, reason="Work.", **wanted, **facts
    )
    return stay_changes.agree(change=change, side="sender", **facts)


def test_two_do_not_move_into_one_seat(prepare):
    """Held by the claim of the slots; behind it by the promise on seats."""
    world = prepare(two_who_could_move)
    one, two = (
        proposed(world, place, slot=world.spare) for place in Placement.objects.all()
    )
    acts = meet(
        agreeing(world, one, "host"),
        before=CHANGED,
        second=agreeing(world, two, "host"),
    )
    assert len(worked(*acts)) == 1
    [refused] = [act.error for act in acts if act.error is not None]
    assert isinstance(refused, Refusal)
    assert Placement.objects.filter(slot=world.spare).count() == 1
    assert breaches() == []


@pytest.mark.parametrize("other", ["agree", "withdraw"])
def test_a_change_is_settled_once(prepare, other):
    """Two answers to one change: one counts, and the stay agrees with it."""
    world = prepare(two_who_could_move)
    place = Placement.objects.select_related("slot").first()
    end = place.slot.ends_on - timedelta(days=30)
    change = proposed(world, place, ends_on=end)

    def taken_back():
        return stay_changes.withdraw(change=again(change), by=user(world.by), now=NOW)

    second = agreeing(world, change, "host") if other == "agree" else taken_back
    acts = meet(agreeing(world, change, "host"), before=CHANGED, second=second)
    assert len(worked(*acts)) == 1
    assert all(isinstance(act.error, Refusal) for act in acts if act.error)
    state = PlacementChange.objects.get().state
    place.refresh_from_db()
    assert (place.own_ends_on == end) == (state == "agreed")
    assert breaches() == []
