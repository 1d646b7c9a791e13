"""The life of a placement, seen from the people who live it."""

from datetime import UTC, datetime, timedelta

import pytest

from programs.choices import ApplicationState, PlacementState
from programs.domain import audit, placements
from programs.domain.actors import SYSTEM
from programs.models import Event, FundingLine, Placement, PlacementEvent
from programs.refusals import Refusal, RefusalKind
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


@pytest.fixture
def placement():
    """An offer, four days before it expires."""
    return factories.placement.make(application__state=ApplicationState.PLACED)


@pytest.fixture
def sender(placement):
    """Somebody who works for the sending institution."""
    return factories.partner(of=placement.application.nominated_by)


@pytest.fixture
def host(placement):
    """Somebody who works for the host."""
    return factories.partner(of=placement.slot.host)


def test_offers_hold_money_and_mark_the_application():
    application, slot = factories.application.make(), factories.slot.make()
    row = Placement(
        application=application,
        slot=slot,
        offered_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )
    line = FundingLine(
        placement=row,
        category=factories.cost_category.make(),
        source=factories.funding_source.make(),
        fiscal_year=2027,
        amount=5_000_000,
    )
    placements.offer_many(placements=[row], funding=[line], by=SYSTEM, now=NOW)
    application.refresh_from_db()
    assert application.state == ApplicationState.PLACED
    assert row.funding_lines.get().amount == 5_000_000
    assert PlacementEvent.objects.get().to_state == PlacementState.OFFERED
    assert Event.objects.get().kind == "placement.offered"
    assert audit.verify_chain().ok


def test_offering_nothing_writes_nothing():
    assert placements.offer_many(placements=[], by=SYSTEM, now=NOW) == []
    assert audit.verify_chain().checked == 0


def test_each_step_counts_the_version(placement, sender, host):
    placements.accept(placement=placement, by=sender, now=NOW)
    placements.confirm(placement=placement, by=host, now=NOW)
    placement.refresh_from_db()
    assert (placement.state, placement.version) == (PlacementState.CONFIRMED, 3)


def test_a_step_on_an_older_version_is_stale(placement, sender):
    placements.accept(placement=placement, by=sender, now=NOW, expected_version=1)
    with pytest.raises(Refusal) as refused:
        placements.decline(placement=placement, by=sender, now=NOW, expected_version=1)
    assert refused.value.kind == RefusalKind.STALE


def test_an_expired_offer_cannot_be_accepted(placement, sender):
    late = placement.expires_at + timedelta(seconds=1)
    with pytest.raises(Refusal) as refused:
        placements.accept(placement=placement, by=sender, now=late)
    assert refused.value.code == "offer-expired"


def test_declining_frees_the_person_and_the_seat(placement, sender):
    placements.decline(placement=placement, by=sender, now=NOW, reason="ill")
    placement.application.refresh_from_db()
    assert placement.application.state == ApplicationState.WITHDRAWN
    assert not Placement.objects.live().exists()


def test_a_rejected_person_is_back_among_the_unplaced(placement, sender, host):
    placements.accept(placement=placement, by=sender, now=NOW)
    placements.reject(placement=placement, by=host, now=NOW, reason="line closed")
    placement.application.refresh_from_db()
    assert placement.application.state == ApplicationState.UNPLACED


def test_declining_a_step_gives_back_the_whole_pathway(placement, sender):
    pathway = factories.pathway.make()
    Placement.objects.update(pathway=pathway)
    placement.refresh_from_db()
    later = factories.placement.make(application=placement.application, pathway=pathway)
    placements.decline(placement=placement, by=sender, now=NOW)
    later.refresh_from_db()
    assert later.state == PlacementState.DECLINED


def test_only_offers_that_are_due_expire(placement):
    answered = factories.placement.make(state=PlacementState.ACCEPTED)
    later = factories.placement.make(expires_at=NOW + timedelta(days=30))
    expired = placements.expire_due(now=placement.expires_at + timedelta(hours=1))
    assert expired == [placement]
    assert {answered.state, later.state} == {
        PlacementState.ACCEPTED,
        PlacementState.OFFERED,
    }
    assert placements.expire_due(now=placement.expires_at + timedelta(hours=2)) == []


def test_nobody_else_may_act(placement, host):
    strangers = [
        factories.partner(),
        factories.planner(),
        factories.auditor(),
        factories.coordinator(),
        host,
    ]
    for stranger in strangers:
        with pytest.raises(Refusal) as refused:
            placements.accept(placement=placement, by=stranger, now=NOW)
        assert refused.value.kind == RefusalKind.FORBIDDEN


def test_the_programs_coordinator_may_act_for_both_sides(placement):
    officer = factories.coordinator(of=placement.slot.intake.program.owner)
    placements.accept(placement=placement, by=officer, now=NOW)
    placements.confirm(placement=placement, by=officer, now=NOW)
    assert placement.state == PlacementState.CONFIRMED


def test_no_move_is_possible_from_an_end_state(placement, sender):
    placements.decline(placement=placement, by=sender, now=NOW)
    with pytest.raises(Refusal) as refused:
        placements.accept(placement=placement, by=sender, now=NOW)
    assert refused.value.params == {"state": "declined", "wanted": "accepted"}
