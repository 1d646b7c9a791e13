"""Who pays what for whom, category by category."""

import pytest

from planner.allocation.review import judging

pytestmark = pytest.mark.django_db


def test_each_cost_is_paid_as_itself_however_large_a_step_money_is_counted_in(
    world, plan
):
    """Everybody costs 15 million from one source: money is counted in 15 millions."""
    money = world.source("apbn", 90_000_000)
    flight, living = world.cost(10_000_000, money), world.cost(5_000_000, money)
    seat = world.slot(seats=2)
    for _ in range(2):
        world.person(seat)
    run = plan()
    assert run.proposals.count() == 2
    for proposal in run.proposals.all():
        paid = {part["category"]: part["amount"] for part in proposal.funding}
        assert paid == {flight.pk: 10_000, living.pk: 5_000}
    assert judging.of_run(run).faults == ()
