"""An export nobody touched changes nothing, whatever legal rows the tables hold."""

from contextlib import suppress
from decimal import Decimal
from itertools import product

from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from programs import models, transfer
from programs.choices import Basis, CostFormula, ImportKind, SlotState
from programs.validators import INVISIBLE

from .conftest import NOW

AMOUNTS = st.decimals(0, 10**12, places=2)
TEXT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
    .map(str.strip)
    .filter(lambda text: not INVISIBLE.search(text))
)
CURRENCIES = st.sampled_from(["IDR", "JPY", "MYR", "USD"])
ORIGINS = [None, "32", "53", "91"]


class Undone(Exception):
    """Takes the rows of an example back."""


COST = st.fixed_dictionaries(
    {
        "amount": AMOUNTS,
        "currency": CURRENCIES,
        "basis": st.sampled_from(Basis.values),
        "source": TEXT,
    }
)
PLACES = list(
    product(["program", "slot"], ["tuition", "living"], CostFormula.values, ORIGINS)
)
COSTS = st.dictionaries(st.sampled_from(PLACES), COST, min_size=1, max_size=8)
BUDGETS = st.dictionaries(
    st.tuples(st.integers(2000, 2100), st.sampled_from([None, "tuition", "living"])),
    st.tuples(st.none() | AMOUNTS, CURRENCIES),
    min_size=1,
    max_size=6,
)
WORDS = st.fixed_dictionaries(
    {
        "role_title_en": TEXT.filter(bool),
        "role_title_id": TEXT.filter(bool),
        "city": TEXT.filter(bool),
        "note": TEXT,
        "state": st.sampled_from(SlotState.values),
        "capacity_max": st.integers(2, 1000),
    }
)


def unchanged(kind, by):
    """Assert that each format of an export is judged to change nothing."""
    for file_format in transfer.FORMATS:
        content = transfer.export(kind, file_format, by=by, now=NOW)
        report = transfer.inspect(kind, content, by=by, now=NOW)
        told = [[(p.column, p.code) for p in row.problems] for row in report.bad]
        assert not told, (file_format, told)
        assert report.counts["unchanged"] == len(report.rows), file_format


def each_example(test):
    """Take rows back after each example; the world around them stays."""
    return settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )(test)


def undone(body):
    """Run a body and take back what it wrote."""
    with suppress(Undone), transaction.atomic():
        body()
        raise Undone


@each_example
@given(costs=COSTS)
def test_cost_rules(coordinator, slot, costs):
    def body():
        program = slot.intake.program
        for (owner, category, formula, origin), values in costs.items():
            models.CostRule.objects.create(
                program=program if owner == "program" else None,
                slot=slot if owner == "slot" else None,
                category_id=category,
                formula=formula,
                origin_id=origin,
                **values,
            )
        unchanged(ImportKind.COST_RULES, coordinator)

    undone(body)


@each_example
@given(budgets=BUDGETS)
def test_budgets(planner, slot, budgets):
    def body():
        source = models.FundingSource.objects.get(code="apbn")
        for (year, category), (amount, currency) in budgets.items():
            models.BudgetLine.objects.create(
                source=source,
                fiscal_year=year,
                category_id=category,
                amount=amount,
                currency=currency,
            )
        unchanged(ImportKind.BUDGETS, planner)

    undone(body)


@each_example
@given(words=WORDS)
def test_slots(coordinator, slot, words):
    def body():
        models.Slot.objects.filter(pk=slot.pk).update(**words)
        unchanged(ImportKind.SLOTS, coordinator)

    undone(body)


def test_the_largest_amount_a_table_holds(coordinator, planner, slot):
    """Two formulas of one category and an amount near the end of its column."""
    for formula in CostFormula.values:
        models.CostRule.objects.create(
            program=slot.intake.program,
            category_id="tuition",
            formula=formula,
            amount=Decimal("9999999999999.99"),
            currency="IDR",
        )
    unchanged(ImportKind.COST_RULES, coordinator)
