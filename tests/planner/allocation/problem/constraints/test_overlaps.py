"""One human is one human, whoever registered them, and how often."""

import pytest

from planner.allocation.problem import snapshot
from planner.models import LimitKind
from programs.eligibility import text, verdicts
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(world):
    """Two registrations of one human at two institutions, and somebody else."""
    slots = [world.slot(seats=2), world.slot(seats=2)]
    one, other = (world.person(slots[n], who={"nik_hash": "h" * 64}) for n in (0, 1))
    world.person(slots[0])
    return slots, one, other


def overlaps(world):
    taken = snapshot.take(intakes=[world.intake], on=NOW.date())
    return [
        limit for limit in taken.limits if limit.key.kind == LimitKind.OVERLAP
    ], taken


def test_two_applications_of_one_human_get_one_place(world, twins, plan):
    limits, _taken = overlaps(world)
    assert len(limits) == 2  # at one time, and in one intake
    assert "h" * 64 not in str([str(limit.key) for limit in limits])
    placed = plan().proposals.values_list("application__participant__nik_hash")
    assert sorted(human for (human,) in placed) == ["", "h" * 64]


def test_in_one_intake_it_is_one_place_at_different_times_too(world):
    first = world.slot()
    later = world.slot(
        starts_on=first.ends_on, ends_on=first.ends_on.replace(year=2030)
    )
    for slot in (first, later):
        world.person(slot, who={"nik_hash": "h" * 64})
    (limit,), _taken = overlaps(world)
    assert "ministry is checking" in limit.label_en
    for application in world.intake.applications.all():
        application.participant.nik_hash = ""
        application.participant.save()
    assert overlaps(world)[0] == []


def test_a_stay_of_another_registration_counts_and_is_told_to_nobody(world):
    slot = world.slot()
    twin = factories.participant.make(nik_hash="h" * 64)
    elsewhere = factories.placement.make(application__participant=twin)
    application = world.person(slot, who={"nik_hash": "h" * 64})
    (verdict,) = verdicts(application=application, slots=[slot], on=NOW.date())
    (reason,) = verdict.reasons
    assert (reason.code, reason.earliest) == ("already_placed", None)
    assert text(reason) == "The ministry is checking this person's data."
    assert reason.params == {"checked": True}
    elsewhere.delete()
    factories.placement.make(application__participant=application.participant)
    own = verdicts(application=application, slots=[slot], on=NOW.date())[0].reasons[0]
    assert text(own).startswith("Already placed from")
