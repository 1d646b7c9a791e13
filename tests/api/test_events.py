"""Events as partners follow them: own things only, in order, after a number."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(sender):
    """Three events of the caller, and one of somebody else."""
    events = factories.event.make(_quantity=3)
    for event in events:
        event.institutions.add(sender.institution)
    factories.event.make().institutions.add(factories.institution.make())
    return events


def test_events_come_in_order_and_are_the_callers(sender, told):
    rows = sender.send("get", "events/").json()["results"]
    assert [row["sequence"] for row in rows] == [event.sequence for event in told]


def test_a_caller_goes_on_after_the_last_number(sender, told):
    rows = sender.send("get", f"events/?after={told[1].sequence}").json()["results"]
    assert [row["sequence"] for row in rows] == [told[2].sequence]


@pytest.mark.parametrize("after", ["0.5", "-1", "x", str(2**63)])
def test_only_whole_numbers_of_events_are_understood(sender, after):
    assert sender.send("get", f"events/?after={after}").status_code == 400


def test_an_event_names_things_by_id_only(sender, told):
    row = sender.send("get", "events/").json()["results"][0]
    assert set(row) == {"sequence", "kind", "object_type", "object_id", "at"}
