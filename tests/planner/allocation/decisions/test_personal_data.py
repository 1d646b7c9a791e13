"""Restriction, consent and bases of transfer, in runs and their decisions."""

import pytest

from planner.allocation.decisions import publish, replan
from planner.allocation.solving import execute
from planner.allocation.vacancies import reserves
from programs.domain import placements, rights
from programs.models import Placement, ProcessingPurpose
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.decisions.test_lives import approved
from tests.planner.allocation.worlds import NOW, fresh, places, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(world):
    """One seat, two people who want it."""
    world.seat = world.slot(seats=1)
    world.first, world.second = (world.person(world.seat, merit=m) for m in (90, 40))
    return world


def restrict(world, application):
    rights.restrict(
        participant=application.participant, reason="asked", by=world.planner, now=NOW
    )


def test_a_restricted_person_is_in_no_run(two, plan):
    restrict(two, two.first)
    run = plan()
    assert places(run) == {two.second.pk: two.seat.code}
    assert two.first.pk not in reasons(run)


def test_a_plan_with_somebody_restricted_since_is_not_published(two, plan):
    run = approved(two, plan())
    restrict(two, two.first)
    with pytest.raises(Refusal) as caught:
        publish.publish(run, by=two.planner, now=NOW)
    assert caught.value.code == "plan-outdated"
    assert not Placement.objects.exists()


def test_a_restricted_person_does_not_move_up(two, plan):
    publish.publish(approved(two, plan()), by=two.planner, now=NOW)
    held = Placement.objects.get()
    restrict(two, two.second)
    placements.decline(
        placement=held,
        by=factories.coordinator(of=two.program.owner),
        now=NOW,
    )
    with pytest.raises(Refusal) as caught:
        reserves.move_up(two.seat, by=two.planner, now=NOW)
    assert caught.value.code == "nobody-moves-up"


def test_a_place_that_stands_is_not_moved(two, plan):
    two.money = two.source("apbn", 15_000_000)
    two.cost(10_000_000, two.money)
    run = plan()
    publish.publish(approved(two, run), by=two.planner, now=NOW)
    restrict(two, two.first)
    # A seat for the other, for which the money is spent on the place that stands.
    two.seat.capacity_max = 2
    two.seat.save()
    asked = replan.replan(fresh(run), by=two.planner, now=NOW, seconds=10, rings=False)
    execute.execute(asked.pk)
    publish.publish(approved(two, fresh(asked)), by=two.planner, now=NOW)
    held = Placement.objects.get()
    assert (held.application, held.state) == (two.first, "offered")
    assert places(fresh(asked)) == {}


def test_whose_consent_is_missing_is_told_so(two, plan):
    rows = ProcessingPurpose.objects.filter(purpose="selection")
    rows.update(legal_basis="consent")
    factories.consent.make(participant=two.second.participant, purpose="selection")
    run = plan()
    assert places(run) == {two.second.pk: two.seat.code}
    told = run.unplaced.get(application=two.first).for_participant()
    assert "consent to being planned" in " ".join(str(each) for each in told)


def test_nothing_is_published_to_a_country_without_a_basis(two, plan, settings):
    settings.TRANSFER_BASIS = True
    run = approved(two, plan())
    with pytest.raises(Refusal, match="go to Malaysia") as caught:
        publish.publish(run, by=two.planner, now=NOW)
    assert caught.value.code == "transfer-basis-missing"
    assert not Placement.objects.exists()
    factories.transfer_basis.make()
    publish.publish(run, by=two.planner, now=NOW)
    assert Placement.objects.get().application == two.first
