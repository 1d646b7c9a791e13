"""Costs and payers of a program are written as one table."""

from decimal import Decimal

import pytest

from programs.domain import money, payers
from programs.domain.payers import Cost, Share
from programs.models import AuditEvent, BudgetLine
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db
HOST = (Share(Decimal(100), host_pays=True),)


@pytest.fixture
def program():
    for code in ("living", "visa"):
        factories.cost_category.make(code=code)
    return factories.program.make()


@pytest.fixture
def coordinator(program):
    return factories.coordinator(of=program.owner)


def stored(program):
    costs = program.cost_rules.order_by("category", "formula")
    _shares, rules = payers.shares_of(program)
    return (
        [(rule.category_id, rule.formula, int(rule.amount)) for rule in costs],
        {
            code: sorted((int(rule.percent), rule.host_pays) for rule in some)
            for code, some in rules.items()
        },
    )


def test_a_table_adds_changes_and_removes(program, coordinator):
    state = factories.funding_source.make()
    halves = (
        Share(Decimal(60), sources=frozenset([state.pk])),
        Share(Decimal(40), host_pays=True),
    )
    first = [
        Cost("living", Decimal(9), formula="per_month", shares=halves),
        Cost("visa", Decimal(5), shares=HOST),
    ]
    payers.set_out(program=program, costs=first, by=coordinator, now=NOW)
    assert stored(program) == (
        [("living", "per_month", 9), ("visa", "one_off", 5)],
        {"living": [(40, True), (60, False)], "visa": [(100, True)]},
    )
    kept = program.funding_rules.get(category="visa").pk
    told = AuditEvent.objects.count()
    payers.set_out(program=program, costs=first, by=coordinator, now=NOW)
    assert AuditEvent.objects.count() == told  # the same table again writes nothing

    then = [Cost("visa", Decimal(6)), Cost("visa", Decimal(1), formula="per_day")]
    payers.set_out(program=program, costs=then, by=coordinator, now=NOW)
    assert stored(program) == (
        [("visa", "one_off", 6), ("visa", "per_day", 1)],
        {"visa": [(100, True)]},
    )
    assert program.funding_rules.get().pk == kept
    assert AuditEvent.objects.filter(action="desk.delete").count() == 3


def test_what_the_table_does_not_show_stays(program, coordinator):
    slot = factories.slot.make(intake__program=program)
    factories.cost_rule.make(slot=slot, program=None, category_id="living", amount=7)
    factories.funding_rule.make(program=program, category_id="living", host_pays=True)
    payers.set_out(program=program, costs=[], by=coordinator, now=NOW)
    assert slot.cost_rules.count() == program.funding_rules.count() == 1


@pytest.mark.parametrize(
    ("costs", "code"),
    [
        ([Cost("visa", Decimal(1)), Cost("visa", Decimal(2))], "listed-twice"),
        (
            [
                Cost("visa", Decimal(1), shares=HOST),
                Cost("visa", Decimal(2), formula="per_day", shares=()),
            ],
            "payers-differ",
        ),
        ([Cost("visa", Decimal(1), shares=(*HOST, *HOST))], "over-all"),
        ([Cost("visa", Decimal(-1))], "negative"),
    ],
)
def test_what_cannot_be_writes_nothing(program, coordinator, costs, code):
    good = Cost("living", Decimal(1))
    with pytest.raises(Refusal) as refused:
        payers.set_out(program=program, costs=[good, *costs], by=coordinator, now=NOW)
    assert refused.value.code == code
    assert not program.cost_rules.exists()


def test_another_coordinator_is_refused_and_a_planner_is_not(program):
    stranger = factories.coordinator(of=factories.ministry.make())
    costs = [Cost("visa", Decimal(1))]
    with pytest.raises(Refusal, match="Only a coordinator"):
        payers.set_out(program=program, costs=costs, by=stranger, now=NOW)
    payers.set_out(program=program, costs=costs, by=factories.planner(), now=NOW)


def test_coordinators_note_what_hosts_pay_and_not_what_the_state_has(coordinator):
    facts = {"by": coordinator, "now": NOW}
    with pytest.raises(Refusal, match="role does not allow"):
        payers.add(name="APBN", kind="state", **facts)
    source = payers.add(name="Penang  OSAT", kind="company", **facts)
    assert (source.code, source.name) == ("penang-osat", "Penang OSAT")
    line = BudgetLine(source=source, fiscal_year=2027)
    money.add_many(entries=[money.Entry(line)], **facts)
    # Once noted it is for those who keep the money.
    line.amount = Decimal(5)
    with pytest.raises(Refusal, match="role does not allow"):
        money.change_many(entries=[money.Entry(line, ("amount",))], **facts)
    state = factories.funding_source.make(kind="state")
    public = BudgetLine(source=state, fiscal_year=2027)
    with pytest.raises(Refusal, match="role does not allow"):
        money.add_many(entries=[money.Entry(public)], **facts)
