"""What a missed share costs is what its page shows, by the started person."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, strategies as st

from planner.allocation.problem.constraints import quotas
from planner.optimiser.model.validate import started
from programs.choices import QuotaKind, QuotaMeasure, Sex
from programs.models import Quota
from tests import factories
from tests.planner.allocation.worlds import places

PEOPLE, PRICE = 9, 400
shares = st.integers(1, 10_000).map(lambda part: Decimal(part) / 100)
placed_before = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(
    lambda of: (of[0], sum(of))
)


@given(st.sampled_from(QuotaKind.values), shares, placed_before)
def test_a_priced_share_costs_the_people_its_page_shows(kind, value, kept):
    """All plans of nine people, whoever is placed already: nobody's page and price
    differ, but for what those cost who are placed whatever the plan does."""
    percent = QuotaMeasure.PERCENT
    quota = Quota(code="q", measure=percent, kind=kind, value=value, price=PRICE)
    hundred, share, whole = quotas.row_of(quota, PEOPLE, kept)
    limit = quotas.named(quota)
    quotas.bound(limit, quota, whole, hundred)
    offsets = set()
    for placed in range(PEOPLE + 1):
        lower, upper = quota.bounds(placed + kept[1])
        for having in range(placed + 1):
            use = hundred * having + share * (PEOPLE - placed)
            ends = [limit.lower - use, -1 if limit.upper is None else use - limit.upper]
            paid = PRICE * int(started(np.array(ends), np.array(limit.step)).sum())
            count = having + kept[0]
            short = 0 if lower is None else max(0, lower - count)
            over = 0 if upper is None else max(0, count - upper)
            offsets.add(PRICE * (short + over) - paid)
    assert len(offsets) == 1
    assert offsets == {0} or (kind != QuotaKind.FLOOR and whole < 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("price", "placed"), [(900, 6), (1_100, 5)])
def test_a_started_person_is_paid_for_as_a_whole_one(world, plan, price, placed):
    """Two women carry five at 40%: a sixth is 0.4 of a woman short, and pays for one.

    A place is worth 1,000 points and a little. By hundredths 1,100 would have cost 440.
    """
    slot = world.slot(seats=6)
    for _ in range(4):
        world.person(slot, merit=1, who={"sex": Sex.MALE})
    world.person(slot, merit=1), world.person(slot, merit=1)
    factories.quota.make(
        intake=world.intake,
        measure=QuotaMeasure.PERCENT,
        value=40,
        is_hard=False,
        price=price,
    )
    run = plan()
    assert len(places(run)) == placed
    quota = run.prices.get(kind="quota")
    assert (quota.use, quota.lower) == (2, 3 if placed == 6 else 2)
