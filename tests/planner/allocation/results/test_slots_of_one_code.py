"""Two hosts offer slots of one code in one intake: a run tells them apart."""

import pytest

from planner.allocation.review import compare
from planner.models import LimitKind
from programs.models import Slot
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(world):
    """One seat at the first host, two at the second; each person asks for both."""
    first = world.slot(seats=1, code="L-1", host__code="fab")
    second = world.slot(seats=2, code="L-1", host__code="lab")
    for merit in (90, 80, 70, 60):
        world.person(first, second, merit=merit)
    return first, second


def test_each_has_its_own_seats_reasons_and_figures(twins, plan):
    run = plan()
    limits = run.prices.filter(kind=LimitKind.SEATS)
    assert dict(limits.values_list("code", "upper")) == {"L-1": 1, "lab/L-1": 2}
    used = {row["slot"]: row["used"] for row in run.summary["slots"]}
    assert used == {"L-1": 1, "lab/L-1": 2}
    [left_out] = run.unplaced.all()
    assert {reason["slot"] for reason in left_out.reasons} == {"L-1", "lab/L-1"}
    places = compare.places(run).values()
    assert sorted(places) == [("L-1",), ("lab/L-1",), ("lab/L-1",)]


def test_a_scenario_changes_the_one_it_names(twins, world, plan):
    changes = {"capacities": {"lab/L-1": {"max": 3}}}
    scenario = factories.scenario.make(overrides=changes)
    run = plan(scenario=scenario)
    assert not run.unplaced.exists()
    assert run.proposals.filter(slot=twins[0]).count() == 1


def test_plans_of_before_mean_the_slot_they_meant(world, plan):
    """A slot that comes later takes no name away, so the old run reads as it did."""
    first = world.slot(seats=1, code="L-1", host__code="fab")
    world.person(first)
    run = plan()
    later = world.slot(seats=5, code="L-1", host__code="lab")
    limit = run.prices.get(kind=LimitKind.SEATS)
    assert Slot.objects.named([limit.code]).get() == first
    assert later.name != limit.code
