"""Agreements, and what is used of them."""

from datetime import UTC, date, datetime

import pytest

from programs.domain import agreements
from programs.models import Agreement
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 15, 3, tzinfo=UTC)


@pytest.fixture
def agreement():
    row = factories.agreement.make(state="draft")
    row.parties.set([factories.ministry.make(), factories.host.make()])
    return row


@pytest.fixture
def party(agreement):
    return factories.coordinator(of=agreement.parties.get(kind="ministry"))


def test_from_draft_to_termination(agreement, party):
    for verb, state in (
        (agreements.propose, "proposed"),
        (agreements.put_in_force, "in_force"),
        (agreements.terminate, "terminated"),
    ):
        assert verb(agreement=agreement, by=party, now=NOW).state == state


def test_one_party_makes_no_agreement(agreement, party):
    agreement.parties.remove(agreement.parties.get(kind="company"))
    with pytest.raises(Refusal) as refusal:
        agreements.put_in_force(agreement=agreement, by=party, now=NOW)
    assert refusal.value.code == "parties-missing"


@pytest.mark.parametrize("state", ["draft", "expired", "terminated"])
def test_what_is_not_in_force_is_not_terminated(agreement, party, state):
    Agreement.objects.update(state=state)
    with pytest.raises(Refusal) as refusal:
        agreements.terminate(agreement=agreement, by=party, now=NOW)
    assert refusal.value.code == "agreement-state"


@pytest.mark.parametrize("role", ["coordinator", "planner", "auditor", "partner"])
def test_strangers_move_no_agreement(agreement, role):
    with pytest.raises(Refusal) as refusal:
        agreements.propose(agreement=agreement, by=factories.member(role), now=NOW)
    assert refusal.value.kind == "forbidden"


def test_those_whose_last_day_is_over_expire():
    over = factories.agreement.make(valid_to=date(2027, 2, 15))
    factories.agreement.make(valid_to=date(2027, 2, 16))
    expired = agreements.expire_due(agreements=Agreement.objects.all(), now=NOW)
    assert expired == [over]


def test_use_counts_people_and_months_by_calendar_year():
    agreement = factories.agreement.make()
    slot = {"slot__starts_on": date(2027, 10, 1), "slot__ends_on": date(2028, 4, 1)}
    factories.placement.make(agreement=agreement, **slot)
    factories.placement.make(agreement=agreement, **slot)
    factories.placement.make(agreement=agreement, state="declined", **slot)
    assert agreements.use_by_year(Agreement.objects.all()) == {
        (agreement.pk, 2027): (2, 6),
        (agreement.pk, 2028): (0, 6),
    }
