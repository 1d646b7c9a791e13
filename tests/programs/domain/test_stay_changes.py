"""A stay is moved, shortened, extended or put into another slot, if both agree."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from programs.choices import (
    ApplicationState,
    ChangeSide,
    ChangeState,
    IntakeState,
    PlacementState,
    ResourceKind,
)
from programs.domain import audit, invariants, placements, slots, stay_changes
from programs.domain.shared_resources import most_used
from programs.models import AuditEvent, Event, FundingLine
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
FIRST, AFTER = date(2027, 4, 1), date(2028, 4, 1)


@pytest.fixture
def stay():
    """A confirmed stay of a year, paid by the month: 3,300,000 rupiah."""
    person = factories.participant.make(kkni=9)
    slot = factories.slot.make(intake__state=IntakeState.DECIDED)
    row = factories.placement.make(
        slot=slot,
        application__intake=slot.intake,
        application__participant=person,
        application__state=ApplicationState.PLACED,
        state=PlacementState.OFFERED,
        expires_at=NOW + timedelta(days=7),
    )
    factories.availability.make(
        participant=person, starts_on=date(2027, 1, 1), ends_on=date(2029, 1, 1)
    )
    factories.placement_event.make(placement=row, at=NOW)
    sender = factories.partner(of=row.application.nominated_by)
    placements.accept(placement=row, by=sender, now=NOW)
    placements.confirm(placement=row, by=factories.partner(of=slot.host), now=NOW)
    return row


@pytest.fixture
def sender(stay):
    """Somebody who works for the sending institution."""
    return factories.partner(of=stay.application.nominated_by)


@pytest.fixture
def host(stay):
    """Somebody who works for the host."""
    return factories.partner(of=stay.slot.host)


@pytest.fixture
def coordinator(stay):
    """Somebody who runs the program."""
    return factories.coordinator(of=stay.slot.intake.program.owner)


@pytest.fixture
def living(stay):
    """What the stay costs a month, of a source that may pay in both years."""
    program = stay.slot.intake.program
    category = factories.cost_category.make()
    source = factories.funding_source.make()
    factories.cost_rule.make(program=program, category=category)
    rule = factories.funding_rule.make(program=program, category=category)
    rule.sources.add(source)
    for year, months in ((2027, 9), (2028, 3)):
        factories.budget_line.make(
            source=source, fiscal_year=year, amount=months * 3_300_000
        )
        factories.funding_line.make(
            placement=stay,
            category=category,
            source=source,
            fiscal_year=year,
            amount=months * 3_300_000,
        )
    return source


def propose(stay, by, **wanted):
    return stay_changes.propose(
        placement=stay, by=by, now=NOW, reason="Harvest at home", **wanted
    )


def refusal_of(call, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_host_agrees_to_a_shorter_stay_and_the_money_is_free(
    stay, sender, host, living
):
    version = stay.version
    change = propose(stay, sender, ends_on=date(2027, 12, 1))
    assert change.waits_for == [ChangeSide.HOST]
    assert (stay.ends_on, stay.version) == (AFTER, version)  # nothing is changed yet
    stay_changes.agree(change=change, by=host, now=NOW)
    stay.refresh_from_db()
    assert (stay.starts_on, stay.ends_on) == (FIRST, date(2027, 12, 1))
    assert stay.version == version + 1
    lines = stay.funding_lines.values_list("fiscal_year", "amount")
    assert list(lines) == [(2027, Decimal(8 * 3_300_000))]
    assert audit.verify_chain().ok
    assert [b for b in invariants.check(now=NOW) if "offers" not in b.promise] == []


def test_both_sides_and_the_home_institution_hear_of_it(stay, sender, host):
    change = propose(stay, host, starts_on=date(2027, 5, 1))
    stay_changes.agree(change=change, by=sender, now=NOW)
    told = Event.objects.filter(kind__startswith="placement.change").order_by(
        "sequence"
    )
    assert [each.kind for each in told] == [
        "placement.change_proposed",
        "placement.change_agreed",
    ]
    concerned = {institution.pk for institution in told[1].institutions.all()}
    home = stay.application.participant.home_institution_id
    assert concerned == {stay.application.nominated_by_id, stay.slot.host_id, home}
    entry = AuditEvent.objects.get(action="placements.change_agreed")
    assert entry.data["starts_on"] == "2027-05-01"
    assert "Harvest" not in str(entry.data)


def test_a_stay_that_was_shortened_may_end_later_again(stay, sender, host, living):
    for ends_on in (date(2027, 12, 1), date(2028, 2, 1), AFTER):
        change = propose(stay, sender, ends_on=ends_on)
        stay_changes.agree(change=change, by=host, now=NOW)
        stay.refresh_from_db()
        assert stay.ends_on == ends_on
    assert stay.own_ends_on is None  # as the slot has it
    total = sum(line.amount for line in stay.funding_lines.all())
    assert total == 12 * 3_300_000


def test_days_outside_of_the_slot_are_refused(stay, sender):
    code = refusal_of(propose, stay, sender, ends_on=date(2028, 6, 1))
    assert code == "outside-slot"
    code = refusal_of(propose, stay, sender, starts_on=date(2027, 3, 20))
    assert code == "outside-slot"
    assert not stay.changes.exists()


def test_the_same_days_and_days_the_wrong_way_round_are_refused(stay, sender):
    assert refusal_of(propose, stay, sender, ends_on=AFTER) == "nothing-changes"
    code = refusal_of(propose, stay, sender, ends_on=FIRST)
    assert code == "out-of-order"


def test_a_side_cannot_agree_for_the_other(stay, sender, host):
    change = propose(stay, sender, ends_on=date(2028, 1, 1))
    assert refusal_of(stay_changes.agree, change=change, by=sender, now=NOW) == (
        "already-agreed"
    )
    code = refusal_of(
        stay_changes.agree, change=change, by=sender, now=NOW, side="host"
    )
    assert code == "forbidden"
    other = factories.partner()
    assert refusal_of(stay_changes.agree, change=change, by=other, now=NOW) == (
        "forbidden"
    )


def test_a_coordinators_proposal_needs_both_and_names_for_whom_it_answers(
    stay, sender, host, coordinator
):
    change = propose(stay, coordinator, ends_on=date(2028, 1, 1))
    assert change.waits_for == [ChangeSide.SENDER, ChangeSide.HOST]
    code = refusal_of(stay_changes.agree, change=change, by=coordinator, now=NOW)
    assert code == "side-missing"
    stay_changes.agree(change=change, by=sender, now=NOW)
    assert change.state == ChangeState.PROPOSED
    stay_changes.agree(change=change, by=coordinator, now=NOW, side="host")
    stay.refresh_from_db()
    assert (change.state, stay.ends_on) == (ChangeState.AGREED, date(2028, 1, 1))
    entry = AuditEvent.objects.get(action="placements.change_agreed")
    assert entry.data["sides"] == ["host"]


def test_one_change_at_a_time_and_settled_ones_stay_settled(stay, sender, host):
    change = propose(stay, sender, ends_on=date(2028, 1, 1))
    assert refusal_of(propose, stay, host, ends_on=date(2028, 2, 1)) == "change-open"
    assert refusal_of(stay_changes.withdraw, change=change, by=host, now=NOW) == (
        "forbidden"
    )
    stay_changes.withdraw(change=change, by=sender, now=NOW)
    assert refusal_of(stay_changes.agree, change=change, by=host, now=NOW) == (
        "change-settled"
    )
    again = propose(stay, host, ends_on=date(2028, 2, 1))
    code = refusal_of(stay_changes.refuse, change=again, by=sender, now=NOW, reason=" ")
    assert code == "reason-missing"
    stay_changes.refuse(change=again, by=sender, now=NOW, reason="No flight")
    stay.refresh_from_db()
    assert (again.state, again.answer, stay.ends_on) == ("refused", "No flight", AFTER)


def test_what_nobody_answers_lapses(stay, sender, host):
    change = propose(stay, sender, ends_on=date(2028, 1, 1))
    later = NOW + stay_changes.ANSWER_WITHIN + timedelta(hours=1)
    code = refusal_of(stay_changes.agree, change=change, by=host, now=later)
    assert code == "change-lapsed"
    assert stay_changes.lapse_due(now=NOW) == []
    assert stay_changes.lapse_due(now=later) == [change]
    change.refresh_from_db()
    assert change.state == ChangeState.LAPSED


def test_a_change_lapses_with_its_place(stay, sender):
    change = propose(stay, sender, ends_on=date(2028, 1, 1))
    placements.decline(placement=stay, by=sender, now=NOW)
    assert stay_changes.lapse_due(now=NOW) == [change]


def test_nothing_is_changed_before_it_is_accepted(stay, sender):
    type(stay).objects.filter(pk=stay.pk).update(state=PlacementState.OFFERED)
    stay.refresh_from_db()
    code = refusal_of(propose, stay, sender, ends_on=date(2028, 1, 1))
    assert code == "placement-state"


def test_who_has_left_changes_only_the_end_and_not_into_the_past(stay, sender, host):
    left = datetime(2027, 5, 10, 3, tzinfo=UTC)
    placements.depart(placement=stay, by=sender, now=left, on=date(2027, 4, 2))
    placements.arrive(placement=stay, by=host, now=left, on=date(2027, 4, 3))

    def wish(**wanted):
        return stay_changes.propose(
            placement=stay, by=host, now=left, reason="Plant closes", **wanted
        )

    assert refusal_of(wish, starts_on=date(2027, 6, 1)) == "stay-begun"
    assert refusal_of(wish, ends_on=date(2027, 5, 10)) == "day-over"
    change = wish(ends_on=date(2027, 5, 11))  # today is the last day
    stay_changes.agree(change=change, by=sender, now=left)
    stay.refresh_from_db()
    assert stay.ends_on == date(2027, 5, 11)
    later = left + timedelta(days=2)
    code = refusal_of(
        placements.end_early, placement=stay, by=host, now=later, reason="x"
    )
    assert code == "stay-over"


def test_money_that_is_gone_meanwhile_is_missed(stay, sender, host, living):
    change = propose(stay, sender, ends_on=date(2027, 12, 1))
    stay_changes.agree(change=change, by=host, now=NOW)
    other = factories.placement.make(slot=stay.slot)
    FundingLine.objects.create(
        placement=other,
        category=stay.funding_lines.first().category,
        source=living,
        fiscal_year=2028,
        amount=3_300_000,
    )
    stay.refresh_from_db()
    assert refusal_of(propose, stay, sender, ends_on=AFTER) == "money-missing"
    change = propose(stay, sender, ends_on=date(2028, 3, 1))  # two months are left
    stay_changes.agree(change=change, by=host, now=NOW)


def test_rules_are_judged_again_and_the_host_reads_no_reasons(stay, sender, host):
    person = stay.application.participant
    person.availabilities.all().delete()
    factories.availability.make(
        participant=person, starts_on=date(2027, 4, 1), ends_on=date(2027, 10, 1)
    )
    change = propose(stay, sender, ends_on=date(2027, 9, 1))
    stay_changes.agree(change=change, by=host, now=NOW)
    stay.refresh_from_db()
    with pytest.raises(Refusal) as caught:
        propose(stay, sender, ends_on=date(2027, 11, 1))
    assert caught.value.code == "not-eligible"
    assert caught.value.params["reasons"][0]["code"] == "not_available"
    with pytest.raises(Refusal) as caught:
        propose(stay, host, ends_on=date(2027, 11, 1))
    assert caught.value.code == "not-eligible"
    assert "reasons" not in caught.value.params
    # Judged by its own days, the stay keeps the rules; by the slot's it would not.
    assert invariants.PROMISES["placed_people_are_eligible"](NOW) == []


@pytest.fixture
def second(stay):
    """Another slot of the same host, half as long."""
    return factories.slot.make(
        intake=stay.slot.intake,
        host=stay.slot.host,
        starts_on=date(2027, 6, 1),
        ends_on=date(2027, 12, 1),
        capacity_max=1,
    )


def test_a_stay_moves_to_another_slot_of_the_host(stay, sender, host, living, second):
    change = propose(stay, sender, slot=second)
    assert (change.starts_on, change.ends_on) == (second.starts_on, second.ends_on)
    stay_changes.agree(change=change, by=host, now=NOW)
    stay.refresh_from_db()
    assert stay.slot == second
    assert stay.own_starts_on is None
    total = sum(line.amount for line in stay.funding_lines.all())
    assert total == 6 * 3_300_000
    assert [b for b in invariants.check(now=NOW) if "offers" not in b.promise] == []


def test_a_full_slot_takes_nobody(stay, sender, second):
    factories.placement.make(slot=second)
    code = refusal_of(propose, stay, sender, slot=second)
    assert code == "slot-has-a-seat-for-everybody"


def test_where_others_wait_nobody_moves_past_them(stay, sender, second):
    factories.reserve_entry.make(slot=second)
    assert refusal_of(propose, stay, sender, slot=second) == "others-wait"


def test_other_hosts_pathways_and_teams_are_no_matter_of_two(stay, sender, second):
    elsewhere = factories.slot.make(intake=stay.slot.intake)
    assert refusal_of(propose, stay, sender, slot=elsewhere) == "other-host"
    stay.application.team = factories.team.make(intake=stay.slot.intake)
    stay.application.save()
    assert refusal_of(propose, stay, sender, slot=second) == "in-a-team"


def test_caps_of_agreements_hold_for_stays_with_days_of_their_own(stay, sender, host):
    agreement = factories.agreement.make(yearly_person_months=10)
    type(stay).objects.filter(pk=stay.pk).update(
        own_starts_on=FIRST, own_ends_on=date(2027, 8, 1)
    )
    type(stay).objects.filter(pk=stay.pk).update(agreement=agreement)
    other = factories.slot.make(agreement=agreement, ends_on=date(2027, 9, 1))
    factories.placement.make(slot=other, agreement=agreement)  # 5 of 10 months
    stay.refresh_from_db()  # 4 months
    code = refusal_of(propose, stay, sender, ends_on=date(2027, 11, 1))
    assert code == "agreement-keeps-its-months"
    change = propose(stay, sender, ends_on=date(2027, 9, 1))
    stay_changes.agree(change=change, by=host, now=NOW)


def test_another_stay_of_the_person_stands_in_the_way(stay, sender, host):
    change = propose(stay, sender, ends_on=date(2027, 9, 1))
    stay_changes.agree(change=change, by=host, now=NOW)
    later = factories.slot.make(starts_on=date(2027, 10, 1), ends_on=AFTER)
    factories.placement.make(
        slot=later, application__participant=stay.application.participant
    )
    stay.refresh_from_db()
    code = refusal_of(propose, stay, sender, ends_on=date(2027, 11, 1))
    assert code == "one-stay-at-a-time"
    propose(stay, sender, ends_on=date(2027, 10, 1))


def test_shared_resources_are_counted_by_the_days_of_their_slots():
    early = factories.slot.make(ends_on=date(2027, 7, 1))
    late = factories.slot.make(starts_on=date(2027, 7, 1))
    both = factories.slot.make()
    beds = factories.shared_resource.make(kind=ResourceKind.CONCURRENT)
    uses = [
        factories.resource_use.make(resource=beds, slot=slot, amount=2)
        for slot in (early, late, both)
    ]
    held = {early.pk: 3, late.pk: 1, both.pk: 1}
    assert most_used(ResourceKind.CONCURRENT, uses, held, both) == 8
    assert most_used(ResourceKind.CONCURRENT, uses, held, late) == 4
    assert most_used(ResourceKind.CONSUMED, uses, held, late) == 10


def test_slots_stay_as_long_as_the_stays_agreed_in_them(stay, sender, host):
    change = propose(stay, sender, ends_on=date(2028, 1, 1))
    stay_changes.agree(change=change, by=host, now=NOW)
    admin = factories.coordinator(of=stay.slot.intake.program.owner)
    slot = type(stay.slot).objects.select_related("intake__program").get()
    code = refusal_of(
        slots.update, slot=slot, by=admin, now=NOW, ends_on=date(2027, 12, 1)
    )
    assert code == "stay-outside"
    slots.update(slot=slot, by=admin, now=NOW, ends_on=date(2028, 2, 1))


def test_own_days_that_nobody_agreed_on_are_found(stay):
    type(stay).objects.filter(pk=stay.pk).update(
        own_starts_on=FIRST, own_ends_on=date(2028, 8, 1)
    )
    assert len(invariants.PROMISES["own_days_were_agreed"](NOW)) == 1
    assert len(invariants.PROMISES["stays_lie_in_their_slots"](NOW)) == 1
