"""The life of a placement, seen from the people who live it."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from programs.choices import ApplicationState, PlacementState
from programs.domain import audit, placements
from programs.domain.actors import SYSTEM
from programs.domain.stay_days import DATED, JOURNEY
from programs.models import AuditEvent, Event, FundingLine, Placement, PlacementEvent
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
    budget = factories.budget_line.make()
    line = FundingLine(
        placement=row,
        category=factories.cost_category.make(),
        source=budget.source,
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
    later = factories.placement.make(
        application=placement.application,
        pathway=pathway,
        slot__starts_on=date(2028, 4, 1),
        slot__ends_on=date(2029, 4, 1),
    )
    placements.decline(placement=placement, by=sender, now=NOW)
    later.refresh_from_db()
    assert later.state == PlacementState.DECLINED


@pytest.mark.parametrize("how", ["end_early", "mark_no_show"])
def test_who_drops_out_of_a_step_frees_the_seats_and_money_of_the_later(
    placement, host, how
):
    pathway = factories.pathway.make()
    begun = {"end_early": "arrived", "mark_no_show": "confirmed"}[how]
    Placement.objects.update(pathway=pathway, state=begun)
    placement.refresh_from_db()
    later = factories.placement.make(
        application=placement.application,
        pathway=pathway,
        slot__starts_on=date(2028, 4, 1),
        slot__ends_on=date(2029, 4, 1),
    )
    line = factories.funding_line.make(placement=later, amount=5_000_000)
    when = datetime(2027, 5, 1, 3, tzinfo=UTC)
    verb = getattr(placements, how)
    verb(placement=placement, by=host, now=when, reason="Did not pass.")
    later.refresh_from_db()
    assert later.state == PlacementState.DECLINED
    assert later not in Placement.objects.live()
    assert line.spent == 0
    assert Event.objects.filter(kind="placement.declined").count() == 1
    placement.refresh_from_db()
    assert placement.state != PlacementState.DECLINED


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


@pytest.fixture
def paid_stay(placement):
    """A stay from 1 October 2027 to 1 April 2028, paid over two fiscal years."""
    slot = placement.slot
    slot.starts_on, slot.ends_on = date(2027, 10, 1), date(2028, 4, 1)
    slot.save()
    living, ticket = (factories.cost_category.make() for _ in range(2))
    program, source = slot.intake.program, factories.funding_source.make()
    for category, formula in ((living, "per_month"), (ticket, "one_off")):
        factories.cost_rule.make(
            program=program, category=category, formula=formula, amount=3_000_000
        )
    for category, year, amount in (
        (living, 2027, 9_000_000),
        (living, 2028, 9_000_000),
        (ticket, 2027, 3_000_000),
    ):
        factories.funding_line.make(
            placement=placement,
            category=category,
            source=source,
            fiscal_year=year,
            amount=amount,
        )
    return placement


def held():
    """Return {(fiscal year, amount): what is still committed}."""
    lines = FundingLine.objects.committed().order_by("fiscal_year", "amount")
    return [(line.fiscal_year, int(line.amount), int(line.held)) for line in lines]


def at(day):
    """Return ten in the morning in Jakarta on a day."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def live_through(placement, host, sender, until):
    """Take a placement to a state, each step by whoever makes it."""
    steps = {
        PlacementState.ACCEPTED: (placements.accept, sender),
        PlacementState.CONFIRMED: (placements.confirm, host),
        PlacementState.DEPARTED: (placements.depart, sender),
        PlacementState.ARRIVED: (placements.arrive, host),
    }
    for state, (step, by) in steps.items():
        now = at(placement.slot.starts_on) if state in DATED else NOW
        step(placement=placement, by=by, now=now)
        if state == until:
            return


ALL = [(2027, 3_000_000, 3_000_000), (2027, 9_000_000, 9_000_000)]


@pytest.mark.parametrize(
    ("last_day", "left"),
    [
        (date(2027, 10, 1), [ALL[0], (2027, 9_000_000, 3_000_000)]),
        (date(2027, 12, 31), ALL),
        (date(2028, 1, 1), [*ALL, (2028, 9_000_000, 3_000_000)]),
        (date(2028, 3, 31), [*ALL, (2028, 9_000_000, 9_000_000)]),
    ],
)
def test_what_was_spent_stays_committed_when_a_stay_ends_early(
    paid_stay, host, sender, last_day, left
):
    live_through(paid_stay, host, sender, PlacementState.ARRIVED)
    assert [row[2] for row in held()] == [3_000_000, 9_000_000, 9_000_000]
    placements.end_early(
        placement=paid_stay,
        by=host,
        now=datetime(last_day.year, last_day.month, last_day.day, 3, tzinfo=UTC),
        reason="Ill.",
    )
    assert held() == left


@pytest.mark.parametrize(
    ("until", "left"),
    [(PlacementState.CONFIRMED, []), (PlacementState.DEPARTED, [ALL[0]])],
)
def test_who_did_not_arrive_leaves_the_journey_if_there_was_one(
    paid_stay, host, sender, until, left
):
    live_through(paid_stay, host, sender, until)
    now = at(paid_stay.slot.starts_on)
    placements.mark_no_show(placement=paid_stay, by=host, now=now)
    assert held() == left


def test_what_no_rule_explains_counts_whole(paid_stay, host, sender):
    paid_stay.slot.intake.program.cost_rules.all().delete()
    live_through(paid_stay, host, sender, PlacementState.ARRIVED)
    now = at(paid_stay.slot.starts_on)
    placements.end_early(placement=paid_stay, by=host, now=now, reason="Ill.")
    assert sum(row[2] for row in held()) == 21_000_000


@pytest.fixture
def confirmed(placement, sender, host):
    """A confirmed stay from 1 April 2027."""
    placements.accept(placement=placement, by=sender, now=NOW)
    placements.confirm(placement=placement, by=host, now=NOW)
    return placement


def days_of(placement):
    """Return {state: day} of the steps that have a day."""
    steps = placement.events.filter(on__isnull=False)
    return dict(steps.values_list("to_state", "on"))


@contextmanager
def refused(code):
    """Expect a refusal with this code."""
    with pytest.raises(Refusal) as told:
        yield told
    assert told.value.code == code


def test_steps_keep_the_days_on_which_they_happened(confirmed, sender, host):
    """Reported together in May, each with its own day."""
    may, stay = at(date(2027, 5, 20)), {"placement": confirmed}
    placements.depart(**stay, by=sender, now=may, on=date(2027, 3, 30))
    placements.arrive(**stay, by=host, now=may, on=date(2027, 4, 1))
    placements.end_early(
        **stay, by=host, now=may, on=date(2027, 5, 15), reason="Illness"
    )
    assert days_of(confirmed) == {
        "departed": date(2027, 3, 30),
        "arrived": date(2027, 4, 1),
        "ended_early": date(2027, 5, 15),
    }
    entry = AuditEvent.objects.get(action="placements.ended_early")
    assert entry.data["on"] == "2027-05-15"


def test_a_day_that_is_not_given_is_today(confirmed, sender):
    placements.depart(placement=confirmed, by=sender, now=at(date(2027, 3, 31)))
    assert days_of(confirmed) == {"departed": date(2027, 3, 31)}


def test_nobody_leaves_long_before_the_stay(confirmed, sender):
    first = confirmed.slot.starts_on - JOURNEY
    day = {"placement": confirmed, "by": sender}
    with refused("too-early"):
        placements.depart(**day, now=at(first - timedelta(days=1)))
    with refused("too-early"):
        placements.depart(**day, now=at(first), on=first - timedelta(days=1))
    assert confirmed.state == PlacementState.CONFIRMED
    placements.depart(**day, now=at(first))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "This cannot have happened before 18 March 2027."),
        ("id", "Ini tidak mungkin terjadi sebelum 18 Maret 2027."),
    ],
)
def test_a_refusal_names_days_as_people_write_them(confirmed, sender, language, told):
    early = at(date(2027, 3, 1))
    with translation.override(language), refused("too-early") as refusal:
        placements.depart(placement=confirmed, by=sender, now=early)
    assert str(refusal.value) == told


def test_a_step_is_not_reported_before_it_happened(confirmed, sender):
    today = date(2027, 3, 31)
    with refused("day-to-come"):
        placements.depart(
            placement=confirmed,
            by=sender,
            now=at(today),
            on=today + timedelta(days=1),
        )


def test_nobody_arrives_before_leaving_or_ends_before_arriving(confirmed, sender, host):
    stay, now = {"placement": confirmed}, at(date(2027, 5, 1))
    placements.depart(**stay, by=sender, now=now, on=date(2027, 4, 3))
    with refused("too-early"):
        placements.arrive(**stay, by=host, now=now, on=date(2027, 4, 2))
    placements.arrive(**stay, by=host, now=now, on=date(2027, 4, 4))
    early = {"on": date(2027, 4, 3), "reason": "Ill."}
    with refused("too-early"):
        placements.end_early(**stay, by=host, now=now, **early)


def test_nobody_arrives_after_the_stay(confirmed, sender, host):
    stay, late = {"placement": confirmed}, confirmed.slot.ends_on
    placements.depart(**stay, by=sender, now=at(late), on=date(2027, 4, 1))
    with refused("stay-over"):
        placements.arrive(**stay, by=host, now=at(late))


def test_nobody_is_missed_before_the_first_day(confirmed, host):
    first = confirmed.slot.starts_on
    with refused("too-early"):
        placements.mark_no_show(
            placement=confirmed, by=host, now=at(first - timedelta(days=1))
        )
    placements.mark_no_show(placement=confirmed, by=host, now=at(first))
