"""One human is one human, whoever registered them, and how often."""

from datetime import date

import pytest

from planner.allocation.problem import snapshot
from planner.models import LimitKind
from programs.eligibility import text, verdicts
from tests import factories
from tests.planner.allocation.worlds import NOW, places, short

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


def test_applications_of_one_human_to_one_intake_need_no_limit(world, twins):
    assert overlaps(world)[0] == []


def test_one_of_a_team_who_applies_alone_too_gets_one_place(world, twins):
    slots, one, _other = twins
    for mate in (one, world.person(slots[0])):
        mate.team = world.intake.teams.first() or factories.team.make(
            intake=world.intake
        )
        mate.save()
    limits, _taken = overlaps(world)
    assert len(limits) == 2  # at one time, and in one intake
    assert "h" * 64 not in str([str(limit.key) for limit in limits])
    assert {limit.label_en for limit in limits} == {
        "The ministry is checking this person's data"
    }


def test_in_several_intakes_it_is_one_stay_at_a_time(world, twins):
    later = world.add_intake()
    slot = world.slot(intake=later)
    world.person(slot, intake=later, who={"nik_hash": "h" * 64})
    taken = snapshot.take(intakes=[world.intake, later], on=NOW.date())
    (limit,) = (each for each in taken.limits if each.key.kind == LimitKind.OVERLAP)
    assert "ministry is checking" in limit.label_en


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


@pytest.mark.parametrize(("day", "both"), [(9, False), (10, True)])
def test_a_plan_leaves_days_for_the_journey_between_two_countries(
    world, plan, day, both
):
    """Back from Japan in four days, out to Malaysia in five."""
    person, later = factories.participant.make(), world.add_intake()
    japan, malaysia = factories.japan(), factories.malaysia()
    back = factories.immigration_route.make(travel_days=4, country=japan)
    out = factories.immigration_route.make(travel_days=5, country=malaysia)
    early = world.slot(
        route=back,
        country=japan,
        starts_on=date(2027, 4, 1),
        ends_on=date(2027, 7, 1),
    )
    late = world.slot(
        intake=later,
        route=out,
        country=malaysia,
        starts_on=date(2027, 7, day),
        ends_on=date(2027, 12, 1),
    )
    first = world.person(early, participant=person, merit=90)
    second = world.person(late, participant=person, intake=later, merit=1)
    run = plan(intakes=[world.intake, later])
    placed = set(places(run))
    assert placed == ({first.pk, second.pk} if both else {first.pk})
    if not both:
        assert short(run) == {second.pk: ["overlap"]}
        (limit,) = run.unplaced.get().reasons[0]["short"]
        assert limit["label_en"] == "No time for the journey, from 1 July 2027"
        told = "Tidak ada waktu untuk perjalanan, mulai 1 Juli 2027"
        assert limit["label_id"] == told
