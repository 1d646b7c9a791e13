"""Every promise is kept by good rows, and noticed when rows break it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command

from programs import promises
from programs.choices import FundingSourceKind, ProgramKind
from programs.domain import audit, invariants, placements
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, Placement
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


def offer(**values):
    """Offer a place as a published plan does."""
    slot = values.pop("slot", None) or factories.slot.make()
    application = values.pop("application", None) or factories.application.make(
        intake=slot.intake
    )
    place = factories.placement.prepare(
        slot=slot,
        application=application,
        **{"offered_at": NOW, "expires_at": datetime(2027, 3, 8, tzinfo=UTC)} | values,
    )
    return placements.offer_many(placements=[place], by=SYSTEM, now=NOW)[0]


def pay(placement, **values):
    """Let a source with 10 million for 2027 pay 10 million, or more."""
    source = values.pop("source", None) or factories.funding_source.make()
    factories.budget_line.make(source=source, fiscal_year=2027, amount=10_000_000)
    return factories.funding_line.make(placement=placement, source=source, **values)


def broken(now=NOW):
    return [breach.promise for breach in invariants.check(now=now)]


@pytest.fixture(autouse=True)
def _first_version(db, monkeypatch):
    """Keep nothing in the database: what was broken before has to be found."""
    promises.uninstall()
    monkeypatch.setattr(promises, "is_installed", lambda: True)


@pytest.fixture
def good():
    """A placement that was offered, accepted and paid for."""
    placement = offer()
    placements.accept(placement=placement, by=SYSTEM, now=NOW)
    pay(placement)
    return placement


def test_good_rows_keep_every_promise(good):
    assert invariants.check(now=NOW) == []


def test_trail_is_whole(good):
    AuditEvent.objects.filter(sequence=1)._raw_delete("default")
    assert "trail_is_whole" in broken()


def test_moves_are_legal(good):
    audit.record(
        by=SYSTEM,
        action="placements.completed",
        obj=good,
        data={"from": "declined", "to": "completed"},
        now=NOW,
    )
    assert broken() == ["moves_are_legal"]


def test_steps_lead_to_states(good):
    Placement.objects.update(state="arrived")
    assert broken() == ["steps_lead_to_states"]


def test_seats_hold(good):
    good.slot.capacity_max = 1
    good.slot.save()
    assert broken() == []
    offer(slot=good.slot)
    assert broken() == ["seats_hold"]


@pytest.mark.parametrize(
    ("start", "promises"), [(3, ["nobody_is_in_two_places"]), (4, [])]
)
def test_nobody_is_in_two_places(good, start, promises):
    slot = factories.slot.make(starts_on=date(2028, start, 1), ends_on=date(2028, 6, 1))
    application = factories.application.make(
        participant=good.application.participant, intake=slot.intake
    )
    offer(application=application, slot=slot)
    assert broken() == promises


def test_placed_people_are_marked(good):
    good.application.state = "reserve"
    good.application.save()
    assert broken() == ["placed_people_are_marked"]


def test_budgets_hold(good):
    line = good.funding_lines.get()
    line.amount += 1000
    line.save()
    (breach,) = invariants.check(now=NOW)
    assert breach == (
        "budgets_hold",
        str(line.source_id),
        "2027: Rp 1,000 too much",
    )


def test_budgets_of_another_currency_hold_whatever_its_rate_is_today():
    """Two places at MYR 1,000 of MYR 2,000, decided at 3,600; now it is 3,900."""
    factories.exchange_rate.make(rate=3600)
    factories.exchange_rate.make(rate=3900, valid_from=date(2026, 6, 1))
    source = factories.funding_source.make()
    factories.budget_line.make(
        source=source, fiscal_year=2027, amount=2000, currency="MYR"
    )
    for _ in range(2):
        placement = offer()
        placements.accept(placement=placement, by=SYSTEM, now=NOW)
        factories.funding_line.make(
            placement=placement,
            source=source,
            amount=3_600_000,
            currency="MYR",
            foreign_amount=1000,
        )
    assert broken() == []
    line = source.funding_lines.first()
    line.foreign_amount += Decimal("0.01")
    line.save()
    assert broken() == ["budgets_hold"]


def test_shares_are_at_most_all(good):
    rule = factories.funding_rule.make(percent=60)
    factories.funding_rule.make(
        program=rule.program, category=rule.category, percent=60
    )
    assert broken() == ["shares_are_at_most_all"]


def test_caps_hold(good):
    agreement = factories.agreement.make(yearly_cap=1, yearly_person_months=8)
    Placement.objects.update(agreement=agreement)
    (breach,) = invariants.check(now=NOW)
    assert breach.figures == "2027: 9 of 8"


@pytest.mark.parametrize(
    ("until", "promises"),
    [(None, ["workers_pay_no_waived_fee"]), (date(2027, 4, 1), [])],
)
def test_workers_pay_no_waived_fee(good, until, promises):
    program = good.slot.intake.program
    program.kind = ProgramKind.WORK_PLACEMENT
    program.save()
    line = good.funding_lines.get()
    line.source.kind = FundingSourceKind.PARTICIPANT
    line.source.save()
    waiver = factories.fee_waiver.make(destination=good.slot.country, valid_to=until)
    waiver.categories.add(line.category)
    assert broken() == promises
    # One for others only protects nobody here.
    waiver.condition = "kkni >= 9"
    waiver.save()
    assert broken() == []
    waiver.condition = "kkni < 9"
    waiver.save()
    assert broken() == promises


def test_offers_are_answered():
    offer()
    assert broken(datetime(2027, 3, 8, 12, tzinfo=UTC)) == []
    assert broken(datetime(2027, 3, 9, 12, tzinfo=UTC)) == ["offers_are_answered"]


def test_the_command_prints_every_promise(good, capsys):
    call_command("check_records")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        [name, "kept"] for name in invariants.PROMISES
    ]


def test_the_command_fails_and_names_the_row(good, capsys):
    good.slot.capacity_max = 0
    Placement.objects.update(state="arrived")
    with pytest.raises(SystemExit):
        call_command("check_records")
    assert str(good.pk) in capsys.readouterr().out
