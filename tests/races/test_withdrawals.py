"""What is taken back while a plan is published is taken back before or after it."""

import pytest
from django.db import connection

from programs.audit_actions import AuditAction
from programs.choices import IntakeState, SlotState
from programs.domain import (
    applications,
    audit,
    host_ratings,
    intakes,
    personal_data,
    pins,
    slots,
)
from programs.domain.actors import SYSTEM
from programs.models import Application, Placement
from tests import factories
from tests.planner.allocation.worlds import NOW

from .acts import Act, meet
from .test_scarce_things import OFFER, coordinator, refusals
from .worlds import again, approved, breaches, publishing, user


def two_seats(world):
    """Approve a plan that places two people in one slot."""
    world.seat = world.slot(seats=2)
    world.people = [world.person(world.seat, merit=merit) for merit in (90, 60)]
    world.other = world.person(world.seat, merit=10)
    world.by = coordinator(world)
    world.plan = approved(world)


@pytest.fixture
def world(prepare):
    """Return a world with an approved plan."""
    return prepare(two_seats)


def withdrawing_slot(world):
    return lambda: slots.withdraw(slot=again(world.seat), by=user(world.by), now=NOW)


def cancelling(world):
    return lambda: intakes.cancel(
        intake=again(world.intake), by=user(world.by), now=NOW, reason="No host."
    )


def withdrawing(world, application):
    return lambda: applications.withdraw(
        application=again(application), by=user(world.by), now=NOW
    )


def forbidding(world, application):
    return lambda: pins.forbid(
        application=again(application),
        slot=again(world.seat),
        by=user(world.by),
        now=NOW,
        reason="Not there.",
    )


def vetoing(world, application):
    return lambda: host_ratings.rate(
        application=again(application),
        slot=again(world.seat),
        by=user(world.by),
        now=NOW,
        veto_reason="Not there.",
    )


def erasing(world, application):
    return lambda: personal_data.erase(
        participant=again(application).participant, by=user(world.by), now=NOW
    )


ACTS = {
    "slot": (withdrawing_slot, 'UPDATE "programs_slot"'),
    "intake": (cancelling, 'UPDATE "programs_intake"'),
}


@pytest.mark.parametrize("what", ACTS)
def test_withdrawal_first(world, what):
    """Held by the promises that what is called off holds nobody."""
    act, before = ACTS[what]
    acts = meet(act(world), before=before, second=publishing(world, world.plan))
    refusals(*acts)
    whole(world)


@pytest.mark.parametrize("what", ACTS)
def test_publication_first(world, what):
    """Held by the same promises, whoever came first."""
    act, _before = ACTS[what]
    acts = meet(publishing(world, world.plan), before=OFFER, second=act(world))
    refusals(*acts)
    whole(world)


def whole(world):
    """Nobody holds a place in what was taken back."""
    live = Placement.objects.live()
    taken_back = live.filter(slot__state=SlotState.WITHDRAWN) | live.filter(
        slot__intake__state=IntakeState.CANCELLED
    )
    assert not taken_back.exists()
    assert breaches() == []


@pytest.mark.parametrize("act", [withdrawing, forbidding, vetoing, erasing])
def test_a_word_about_somebody_placed_comes_before_or_after(world, act):
    """Held by the claim of people alone: who waits for it sees the offer."""
    acts = meet(
        publishing(world, world.plan), before=OFFER, second=act(world, world.people[0])
    )
    refusals(*acts)
    against = Placement.objects.live().filter(application=world.people[0]).exists()
    gone = again(world.people[0]).state == "withdrawn"
    spoken = (
        world.people[0].pins.exists()
        or world.people[0].host_ratings.filter(is_veto=True).exists()
    )
    assert not (against and (gone or spoken))
    assert breaches() == []


def test_somebody_else_withdraws_without_a_deadlock(world):
    """Held by the trail, which is appended last (``transactions.at_the_end``)."""
    acts = meet(
        publishing(world, world.plan),
        before='UPDATE "programs_application"',
        second=withdrawing(world, world.other),
    )
    assert refusals(*acts) == []
    assert Application.objects.get(pk=world.other.pk).state == "withdrawn"
    assert Placement.objects.live().count() == 2


def test_of_two_publications_one_is_refused_in_words(world):
    """Held by the conditional move of the run (``transitions.able``)."""
    acts = meet(
        publishing(world, world.plan),
        before=OFFER,
        second=publishing(world, world.plan),
    )
    assert refusals(*acts) == ["run-state"]
    assert Placement.objects.live().count() == 2


def test_who_needs_nothing_of_a_plan_does_not_wait_for_it(world):
    """Held by the trail, which is appended last, and by nothing else."""
    elsewhere = factories.institution.make()

    def nominate():
        person = factories.participant.make(registered_by=elsewhere)
        audit.record(by=SYSTEM, action=AuditAction.DESK_ADD, obj=person, now=NOW)

    one = Act(publishing(world, world.plan), pause=OFFER).until_paused()
    two = Act(nominate)
    waits = two.until_held_up()
    assert refusals(one.end(), two.end()) == []
    # SQLite has one writer; on a server even the trail is free until the very end.
    assert waits == (connection.vendor == "sqlite")
    assert audit.verify_chain().ok
