"""Links of limits lead only where the reader may go."""

import pytest

from planner.desk.parts.limits import pages_of
from planner.models import LimitKind
from tests import factories

pytestmark = pytest.mark.django_db


def test_links_of_a_run_lead_only_where_the_reader_may_go(world, solved):
    """A coordinator reads the whole run, but not the slots of others' programs."""
    limits = solved.prices.all()
    own = factories.coordinator(of=world.intake.program.owner)
    for reader in (world.planner, own):
        assert {kind for kind, _code in pages_of(limits, reader)} >= {LimitKind.SEATS}
    assert not pages_of(limits, factories.coordinator())
