"""Money in another currency: budgets count their own, whatever the rate becomes."""

from decimal import Decimal

import pytest

from planner.allocation.decisions import publish
from programs.domain import invariants, placements
from programs.models import BudgetLine, ExchangeRate, FundingLine, Placement
from tests import factories
from tests.planner.allocation.worlds import NOW, places, short

from .test_lives import approved

RATES = ["106.691455", "115.409665", "16450.123456", "4012.777777", "11.574263"]


@pytest.fixture
def lab(world):
    """A yen budget of three places at JPY 100,000 each."""
    factories.exchange_rate.make(currency="JPY", rate="115.409665")
    source = world.source("lab-state", 300_000)
    BudgetLine.objects.update(currency="JPY")
    category = world.cost(100_000, source)
    category.cost_rules.update(currency="JPY")
    return source


@pytest.mark.parametrize("rate", RATES)
def test_a_line_pays_as_many_as_on_paper_at_every_rate(world, lab, plan, rate):
    ExchangeRate.objects.update(rate=rate)
    slot = world.slot(seats=4)
    for _ in range(4):
        world.person(slot)
    run = plan()
    assert len(places(run)) == 3
    assert list(short(run).values()) == [["budget"]]


def test_what_was_decided_counts_in_the_lines_own_currency(world, lab, plan):
    """Two were placed; then the yen falls by a third: the third place is still paid."""
    slot = world.slot(seats=3)
    for _ in range(2):
        world.person(slot)
    run = approved(world, plan())
    publish.publish(run, by=world.planner, now=NOW)
    told = FundingLine.objects.values_list("currency", "foreign_amount", "amount")
    assert set(told) == {("JPY", Decimal(100_000), Decimal("11540966.50"))}
    ExchangeRate.objects.update(rate="77")
    late = world.add_intake()
    for _ in range(2):
        world.person(slot_of(world, late), intake=late)
    world.intake = late
    assert len(places(plan())) == 1
    assert invariants.check(now=NOW) == []


def slot_of(world, intake):
    return world.slot(seats=1, intake=intake)


def test_what_was_spent_before_somebody_left_counts_in_yen_too(world, lab, plan):
    slot = world.slot(seats=1)
    world.person(slot)
    publish.publish(approved(world, plan()), by=world.planner, now=NOW)
    placement = Placement.objects.get()
    placements._keep_spent(placement, slot.ends_on)
    line = placement.funding_lines.get()
    assert (line.foreign_spent, line.spent) == (line.foreign_amount, line.amount)
    ((own, rupiah),) = FundingLine.objects.sums().values()
    assert (own, rupiah) == (100_000, Decimal("11540966.50"))
