"""Links of limits lead only where the reader may go."""

import pytest

from planner.desk.parts.limits import pages_of, told_quotas
from planner.models import LimitKind, LimitPrice
from tests import factories

pytestmark = pytest.mark.django_db


def test_links_of_a_run_lead_only_where_the_reader_may_go(world, solved):
    """A coordinator reads the whole run, but not the slots of others' programs."""
    limits = solved.prices.all()
    own = factories.coordinator(of=world.intake.program.owner)
    for reader in (world.planner, own):
        assert {kind for kind, _code in pages_of(limits, reader)} >= {LimitKind.SEATS}
    assert not pages_of(limits, factories.coordinator())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quota", "use", "is_hidden"),
    [
        ({"attribute": "disability", "sex": ""}, 2, True),
        ({"attribute": "disability", "sex": ""}, 5, False),
        ({"attribute": "disability", "sex": ""}, 0, False),
        ({"attribute": "condition", "sex": "", "condition": "disability"}, 4, True),
        ({"attribute": "condition", "sex": "", "condition": "kkni > 3"}, 4, False),
        ({"attribute": "sex"}, 2, False),
    ],
)
def test_of_what_is_confidential_no_few_are_counted(quota, use, is_hidden):
    row = factories.quota.make(measure="absolute", value=6, **quota)
    limit = LimitPrice(kind=LimitKind.QUOTA, code=row.code, use=use, lower=6)
    (told,) = told_quotas([limit])
    assert told["is_missed"]
    assert told["reached"] == (None if is_hidden else use)
    assert told["shortfall"] == (None if is_hidden else 6 - use)
