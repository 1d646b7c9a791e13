"""What a place costs, in which year, and who may pay."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from programs import costing
from programs.choices import CostFormula, FundingSourceKind, ProgramKind
from programs.models import Application, FeeWaiver, Participant, Slot
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db


def make_slot(**values):
    values = {"starts_on": date(2026, 10, 1), "ends_on": date(2027, 4, 1)} | values
    return factories.slot.make(**values)


def fund(slot, category, source=None, *, percent=100, years=(2026, 2027), **rule):
    """Let a source pay a category of the slot's program."""
    source = source or factories.funding_source.make()
    made = factories.funding_rule.make(
        program=slot.intake.program, category=category, percent=percent, **rule
    )
    if not made.host_pays:
        made.sources.add(source)
    return {
        year: factories.budget_line.make(source=source, fiscal_year=year).pk
        for year in years
    }


def load(**options):
    return costing.load(slots=Slot.objects.all(), **options)


def test_golden_stipends_of_twenty_thousand_people_over_two_fiscal_years():
    """Rp 3.3 m x 6 months x 20,000 from October: Rp 198 bn in each of two years."""
    slot = make_slot()
    rule = factories.cost_rule.make(program=slot.intake.program, amount=3_300_000)
    fund(slot, rule.category)
    by_year = {
        line.fiscal_year: costing.units_to_rupiah(20_000 * line.amount)
        for line in load().lines(slot.pk)
    }
    assert by_year == {2026: 198_000_000_000, 2027: 198_000_000_000}


def test_a_rule_of_the_slot_replaces_the_programs_for_its_category_only():
    slot = make_slot()
    living = factories.cost_rule.make(program=slot.intake.program)
    visa = factories.cost_rule.make(
        program=slot.intake.program, formula=CostFormula.ONE_OFF, amount=500_000
    )
    factories.cost_rule.make(
        program=None,
        slot=slot,
        category=living.category,
        formula=CostFormula.ONE_OFF,
        amount=1_000_000,
    )
    lines = load().lines(slot.pk)
    assert {(line.category, line.fiscal_year, line.amount) for line in lines} == {
        (living.category_id, 2026, 1000),
        (visa.category_id, 2026, 500),
    }


def test_the_domestic_leg_is_added_for_the_province():
    slot, papua = make_slot(), factories.region.make(name="Papua")
    flight = factories.cost_rule.make(
        program=slot.intake.program, formula=CostFormula.ONE_OFF, amount=4_000_000
    )
    factories.cost_rule.make(
        program=slot.intake.program,
        category=flight.category,
        formula=CostFormula.ONE_OFF,
        amount=6_500_000,
        origin=papua,
    )
    costs = load()
    assert costs.total(slot.pk) == 4000
    assert costs.total(slot.pk, "31") == 4000
    assert costs.total(slot.pk, papua.pk) == 10_500


def test_the_slots_own_airfare_is_instead_of_the_programs_and_not_of_the_leg():
    slot, papua = make_slot(), factories.region.make(name="Papua")
    once = {"formula": CostFormula.ONE_OFF}
    flight = factories.cost_rule.make(
        program=slot.intake.program, amount=4_000_000, **once
    )
    factories.cost_rule.make(
        program=slot.intake.program,
        category=flight.category,
        amount=7_000_000,
        origin=papua,
        **once,
    )
    factories.cost_rule.make(
        program=None, slot=slot, category=flight.category, amount=6_000_000, **once
    )
    costs = load()
    assert costs.total(slot.pk) == 6000
    assert costs.total(slot.pk, papua.pk) == 13_000


def test_years_and_payers_are_cut_in_the_currency_of_the_cost():
    """JPY 100,000 a month for 3 months over two years, in thirds: whole cents."""
    slot = make_slot(starts_on=date(2026, 12, 1), ends_on=date(2027, 3, 1))
    rule = factories.cost_rule.make(
        program=slot.intake.program, amount=100_000, currency="JPY"
    )
    factories.exchange_rate.make(currency="JPY", rate="115.409665")
    for percent in ("33.33", "33.33", "33.33"):
        fund(slot, rule.category, percent=percent)
    costs = load(on=date(2026, 6, 1))
    assert costs.unpaid(slot.pk) == ()
    assert costs.total(slot.pk) == Fraction("34622.8995")
    cents = Fraction("115.409665") / 100 / costing.UNIT
    for line in costs.lines(slot.pk):
        assert sum(share.amount for share in line.shares) == line.amount
        assert all((share.amount / cents).denominator == 1 for share in line.shares)


def test_foreign_amounts_use_the_newest_rate_of_the_day():
    slot = make_slot(intake__decide_by=date(2027, 2, 26))
    factories.cost_rule.make(
        program=slot.intake.program,
        formula=CostFormula.ONE_OFF,
        amount=100,
        currency="MYR",
    )
    factories.exchange_rate.make(valid_from=date(2026, 1, 1), rate=3600)
    factories.exchange_rate.make(valid_from=date(2027, 1, 1), rate="3655.5")
    factories.exchange_rate.make(valid_from=date(2027, 3, 1), rate=9999)
    assert load().total(slot.pk) == Fraction("365.55")
    assert load(on=date(2026, 6, 1)).total(slot.pk) == 360
    assert load(on=date(2026, 6, 1), shock="1.1").total(slot.pk) == 396


def test_a_missing_rate_is_refused_with_its_currency_and_day():
    slot = make_slot()
    factories.cost_rule.make(program=slot.intake.program, currency="MYR")
    with pytest.raises(Refusal, match="exchange rate for MYR on") as refusal:
        load(on=date(2026, 1, 1)).lines(slot.pk)
    assert refusal.value.code == "no-exchange-rate"


def test_shares_are_split_between_their_payers():
    slot = make_slot(ends_on=date(2026, 11, 1))
    rule = factories.cost_rule.make(program=slot.intake.program, amount=1_001_000)
    host = factories.funding_source.make(
        kind=FundingSourceKind.COMPANY, institution=slot.host
    )
    fund_lines = fund(slot, rule.category, percent=75)
    host_lines = fund(slot, rule.category, host, percent=25, host_pays=True)
    (line,) = load().lines(slot.pk)
    assert line.shares == (
        costing.Share(Fraction("750.75"), frozenset([fund_lines[2026]])),
        costing.Share(Fraction("250.25"), frozenset([host_lines[2026]])),
    )
    assert load().unpaid(slot.pk) == ()


def test_any_line_of_the_source_for_the_year_may_pay():
    slot = make_slot(ends_on=date(2026, 11, 1))
    rule = factories.cost_rule.make(program=slot.intake.program)
    lines = fund(slot, rule.category, source := factories.funding_source.make())
    own = factories.budget_line.make(
        source=source, fiscal_year=2026, category=rule.category
    )
    factories.budget_line.make(
        source=source, fiscal_year=2026, category=factories.cost_category.make()
    )
    (line,) = load().lines(slot.pk)
    assert line.shares[0].payers == {lines[2026], own.pk}


@pytest.mark.parametrize(
    ("percent", "years", "missing"),
    [(60, (2026, 2027), {2026, 2027}), (100, (2026,), {2027}), (100, (), {2026, 2027})],
)
def test_what_nobody_pays_is_named(percent, years, missing):
    slot = make_slot()
    rule = factories.cost_rule.make(program=slot.intake.program)
    fund(slot, rule.category, percent=percent, years=years)
    assert set(load().unpaid(slot.pk)) == {
        costing.Unpaid(rule.category_id, year, False) for year in missing
    }


def test_an_uncovered_category_is_unpaid_whatever_money_there_is():
    slot = make_slot()
    paid = factories.cost_rule.make(program=slot.intake.program)
    airfare = factories.cost_rule.make(
        program=slot.intake.program, formula=CostFormula.ONE_OFF
    )
    fund(slot, paid.category)
    (unpaid,) = load().unpaid(slot.pk)
    assert unpaid.category == airfare.category_id


def waived_slot(kind):
    """Return a slot in Taiwan whose agency fee only the worker might pay."""
    slot = make_slot(
        country=factories.country_of("TW"),
        intake__program__kind=kind,
        ends_on=date(2026, 11, 1),
    )
    fee = factories.cost_rule.make(
        program=slot.intake.program, formula=CostFormula.ONE_OFF
    )
    worker = factories.funding_source.make(kind=FundingSourceKind.PARTICIPANT)
    fund(slot, fee.category, worker)
    factories.fee_waiver.make(
        destination=factories.country_of("TW"), sector=""
    ).categories.add(fee.category)
    return slot, fee


def test_a_waived_fee_is_never_the_workers():
    slot, fee = waived_slot(ProgramKind.WORK_PLACEMENT)
    assert load().unpaid(slot.pk) == (costing.Unpaid(fee.category_id, 2026, True),)


def test_another_payer_of_a_waived_fee_makes_the_place_possible():
    slot, fee = waived_slot(ProgramKind.WORK_PLACEMENT)
    state = factories.funding_source.make()
    fee.program.funding_rules.get().sources.add(state)
    line = factories.budget_line.make(source=state, fiscal_year=2026)
    assert load().unpaid(slot.pk) == ()
    assert load().lines(slot.pk)[0].shares[0].payers == {line.pk}


def test_the_waiver_is_for_workers():
    slot, _fee = waived_slot(ProgramKind.EXCHANGE)
    assert load().unpaid(slot.pk) == ()


def two_people(slot, **who):
    """Return applications of a man, and of a woman of whom more is known."""
    people = [{"sex": "M"}, {"sex": "F"} | who]
    return [
        factories.application.make(
            intake=slot.intake, participant=factories.participant.make(**each)
        )
        for each in people
    ]


def of_people(**options):
    return load(people=Application.objects.all(), **options)


def test_a_cost_for_some_comes_on_top_for_whoever_meets_it():
    """A companion only for the disabled; a slot's rule replaces its like alone."""
    slot = make_slot()
    fare = factories.cost_rule.make(
        program=slot.intake.program, formula=CostFormula.ONE_OFF, amount=4_000_000
    )
    same = {"category": fare.category, "formula": CostFormula.ONE_OFF}
    factories.cost_rule.make(
        **same, program=fare.program, amount=9_000_000, condition="disability"
    )
    man, woman = two_people(slot, disability="sensory")
    costs = of_people()
    met = [costs.met(slot.pk, each.pk) for each in (man, woman)]
    assert met == [frozenset(), {"disability"}]
    totals = [costs.total(slot.pk, None, each) for each in met]
    assert totals == [4000, 13_000]
    assert costs.total(slot.pk) == 4000
    half = costs.spent(slot.pk, None, slot.starts_on + timedelta(days=1), met[1])
    assert half == {(fare.category_id, 2026): 1}
    factories.cost_rule.make(
        **same, program=None, slot=slot, amount=2_000_000, condition="disability"
    )
    assert of_people().total(slot.pk, None, met[1]) == 6000
    group, sets = costs.groups(
        [woman.pk, man.pk], [slot.pk], np.array([0, 1, 0]), np.array([0, 0, 0])
    )
    assert [sets[each] for each in group] == [met[1], met[0], met[1]]


def test_a_cost_for_some_depends_on_the_days_of_the_stay():
    slot = make_slot()
    rule = factories.cost_rule.make(
        program=slot.intake.program, condition="age on first_day >= 24"
    )
    man, _woman = two_people(slot)
    born = slot.starts_on.replace(year=slot.starts_on.year - 24)
    Participant.objects.update(birth_date=born)
    assert of_people().met(slot.pk, man.pk) == {rule.condition}
    days = {slot.pk: (slot.starts_on - timedelta(days=1), slot.ends_on)}
    assert of_people(days=days).met(slot.pk, man.pk) == frozenset()


def test_a_source_pays_only_for_whom_its_rule_is():
    slot = make_slot(ends_on=date(2026, 11, 1))
    cost = factories.cost_rule.make(program=slot.intake.program)
    women = fund(slot, cost.category, years=(2026,))
    rule = slot.intake.program.funding_rules.get()
    rule.condition = "sex = F"
    rule.save()
    man, woman = two_people(slot)
    costs = of_people()
    met = costs.met(slot.pk, woman.pk)
    assert costs.unpaid(slot.pk, None, met) == ()
    assert costs.lines(slot.pk, None, met)[0].shares[0].payers == {women[2026]}
    nobody = costing.Unpaid(cost.category_id, 2026, False)
    assert costs.unpaid(slot.pk, None, costs.met(slot.pk, man.pk)) == (nobody,)
    men = fund(slot, cost.category, years=(2026,), condition="sex = M")
    costs = of_people()
    shares = costs.lines(slot.pk, None, costs.met(slot.pk, man.pk))[0].shares
    assert [share.payers for share in shares] == [{men[2026]}]


def test_a_waiver_may_be_for_some_workers_only():
    slot, fee = waived_slot(ProgramKind.WORK_PLACEMENT)
    FeeWaiver.objects.update(condition="sex = F")
    man, woman = two_people(slot)
    costs = of_people()
    assert costs.unpaid(slot.pk, None, costs.met(slot.pk, man.pk)) == ()
    waived = costing.Unpaid(fee.category_id, 2026, True)
    assert costs.unpaid(slot.pk, None, costs.met(slot.pk, woman.pk)) == (waived,)


def test_budget_is_exact_in_its_own_currency_and_may_be_unlimited():
    make_slot()
    factories.exchange_rate.make(rate="3600")
    money = factories.budget_line.make(amount="1.5", currency="MYR")
    endless = factories.budget_line.make(amount=None)
    budget = load().budget
    assert budget[money.pk].amount == Fraction("5.4")
    assert (budget[money.pk].currency, budget[money.pk].rate) == ("MYR", 3600)
    assert budget[endless.pk].amount is None


def test_queries_do_not_grow_with_the_slots(django_assert_num_queries):
    def count(expected):
        with django_assert_num_queries(expected):
            costs = load()
            for pk in Slot.objects.values_list("pk", flat=True):
                costs.unpaid(pk)

    for number in (1, 3):
        for _ in range(number):
            slot = make_slot()
            rule = factories.cost_rule.make(program=slot.intake.program)
            fund(slot, rule.category)
            factories.fee_waiver.make().categories.add(rule.category)
        count(11)


def test_a_foreign_budget_needs_no_slot_to_be_read():
    source = factories.funding_source.make()
    line = factories.budget_line.make(source=source, currency="JPY", amount=1_000_000)
    for day, rate in ((date(2026, 1, 1), 100), (date(2026, 7, 1), 110)):
        factories.exchange_rate.make(currency="JPY", valid_from=day, rate=rate)
    assert load().budget[line.pk].amount == 110_000
