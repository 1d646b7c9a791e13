"""A trainer is needed once for a class that runs, however many come."""

import io
from datetime import date

import pytest
from django.core.management import call_command

from planner.allocation.problem import snapshot
from planner.allocation.review import feasibility
from planner.models.reason_words import for_planner
from programs.choices import PlacementState, ResourceKind, UsedBy
from tests import factories
from tests.planner.allocation.worlds import places, reasons, short

pytestmark = pytest.mark.django_db


def trainer(*slots, capacity=1, kind=ResourceKind.CONCURRENT, amount=1):
    """Return a trainer whom each of these slots needs as a class."""
    resource = factories.shared_resource.make(capacity=capacity, kind=kind)
    for slot in slots:
        factories.resource_use.make(
            resource=resource, slot=slot, amount=amount, used_by=UsedBy.CLASS
        )
    return resource


def verify(run):
    """Carry out the reasons of a run; return what the command says."""
    told = io.StringIO()
    call_command("verify_reasons", str(run.number), stdout=told)
    return told.getvalue()


def test_a_class_needs_its_trainer_once(world, plan):
    slot = world.slot(seats=5)
    trainer(slot)
    people = [world.person(slot) for _ in range(5)]

    run = plan()

    assert set(places(run)) == {person.pk for person in people}
    (limit,) = run.prices.filter(kind="resource")
    assert (limit.use, limit.upper) == (1, 1)


def test_one_trainer_serves_the_class_that_is_worth_more(world, plan):
    small, large = world.slot(seats=5), world.slot(seats=5)
    resource = trainer(small, large)
    left = [world.person(small, merit=99) for _ in range(2)]
    served = [world.person(large, merit=50) for _ in range(3)]

    run = plan()

    assert set(places(run)) == {person.pk for person in served}
    assert short(run) == {person.pk: ["resource"] for person in left}
    told = for_planner(run.unplaced.first().reasons[0])
    assert resource.name in told
    assert "all hold" in verify(run)


def test_a_class_with_a_minimum_that_lacks_its_trainer_says_so(world, plan):
    one, other = world.slot(seats=5, fewest=2), world.slot(seats=5, fewest=2)
    trainer(one, other)
    for _ in range(3):
        world.person(one)
    left = [world.person(other) for _ in range(2)]

    run = plan()

    assert reasons(run) == {person.pk: "cohort_closed" for person in left}
    (cohort,) = run.unplaced.first().reasons[0]["cohorts"]
    assert [each["kind"] for each in cohort["short"]] == ["resource"]
    assert "all hold" in verify(run)


def test_classes_at_different_times_have_the_same_trainer(world, plan):
    first = world.slot(starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1))
    second = world.slot(starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 1))
    trainer(first, second)
    people = [world.person(first), world.person(second)]

    assert set(places(plan())) == {person.pk for person in people}


def test_hours_of_a_class_are_used_up_in_total(world, plan):
    slots = [world.slot(seats=4) for _ in range(3)]
    trainer(*slots, capacity=50, kind=ResourceKind.CONSUMED, amount=20)
    for count, slot in enumerate(slots, start=2):
        for _ in range(count):
            world.person(slot)

    run = plan()

    assert set(places(run).values()) == {slot.code for slot in slots[1:]}


@pytest.mark.parametrize("here", [True, False])
def test_a_class_that_runs_has_its_trainer_already(world, here):
    """Whoever joins it needs no other; the other class gets none."""
    runs, other = world.slot(seats=3), world.slot(seats=3)
    trainer(runs, other)
    factories.placement.make(
        application__intake=world.intake, slot=runs, state=PlacementState.CONFIRMED
    )
    person = world.person(runs, other)

    today = snapshot.take(intakes=[world.intake])
    wanted = runs if here else other
    choice, missing = feasibility.choose(today, {person.pk: [wanted.pk]})

    assert not missing
    broken = feasibility.violations(today, choice)
    assert broken == [] if here else "1 too much" in " ".join(broken)
