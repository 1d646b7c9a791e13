"""How much of what slots share is in use."""

from datetime import UTC, date, datetime

import pytest

from programs.choices import PlacementState, ResourceKind, UsedBy
from programs.domain import invariants, shared_resources
from tests import factories

NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def slot(start, end, people):
    """Return a slot with so many people who stay from one month to another."""
    slot = factories.slot.make(
        starts_on=date(2027, start, 1), ends_on=date(2027, end, 1), capacity_max=9
    )
    for _ in range(people):
        factories.placement.make(slot=slot, state=PlacementState.CONFIRMED)
    return slot


@pytest.fixture
def slots(db):
    """Return three slots: two that meet, one that begins when the first ends."""
    return [slot(1, 3, 2), slot(2, 4, 3), slot(3, 5, 4)]


@pytest.mark.parametrize(
    ("kind", "used_by", "most"),
    [
        (ResourceKind.CONCURRENT, UsedBy.PERSON, 2 * (3 + 4)),
        (ResourceKind.CONSUMED, UsedBy.PERSON, 2 * (2 + 3 + 4)),
        (ResourceKind.CONCURRENT, UsedBy.CLASS, 2 * 2),
        (ResourceKind.CONSUMED, UsedBy.CLASS, 2 * 3),
    ],
)
def test_the_most_in_use(slots, kind, used_by, most):
    resource = factories.shared_resource.make(kind=kind, capacity=most)
    empty = factories.slot.make()
    for each in [*slots, empty]:
        factories.resource_use.make(
            resource=resource, slot=each, amount=2, used_by=used_by
        )
    assert shared_resources.shared_resources_hold(NOW) == []

    resource.capacity -= 1
    resource.save()
    told = [(str(resource.pk), f"{most} of {most - 1}")]
    assert shared_resources.shared_resources_hold(NOW) == [(resource.pk, told[0][1])]
    broken = [b for b in invariants.check(now=NOW) if "shared" in b.promise]
    assert [(each.row, each.figures) for each in broken] == told
