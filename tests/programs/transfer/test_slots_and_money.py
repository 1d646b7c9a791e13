"""Slots, cost rules and budgets in files."""

import pytest

from programs import models, transfer
from programs.choices import ImportKind, UsedBy
from programs.refusals import Refusal

from .conftest import NOW, as_csv

SLOT = {
    "code": "ATP-02",
    "intake": "atp-2027",
    "host": "tanjung",
    "role_title_en": "Trainee",
    "role_title_id": "Peserta",
    "city": "Penang",
    "country": "MY",
    "starts_on": "2027-02-01",
    "ends_on": "2027-05-01",
    "capacity_min": "2",
    "capacity_max": "8",
    "work_language": "en",
    "required_skills": "AI-PYT:2",
    "resources": "beds:1",
}
COST = {
    "program": "atp",
    "category": "tuition",
    "formula": "one_off",
    "amount": "4.500.000,00",
    "currency": "IDR",
}
BUDGET = {
    "source": "apbn",
    "fiscal_year": "2027",
    "category": "",
    "amount": "1450000000",
    "currency": "IDR",
}


def problems(kind, row, by):
    report = transfer.inspect(kind, as_csv([row]), by=by, now=NOW)
    return [(problem.column, problem.code) for problem in report.rows[0].problems]


def take(kind, row, by):
    report = transfer.check(kind, as_csv([row]), filename="x.csv", by=by, now=NOW)
    return transfer.apply(report.batch, digest=report.digest, by=by, now=NOW)


def test_a_slot_comes_with_skills_and_resources(coordinator):
    take(ImportKind.SLOTS, SLOT, coordinator)
    slot = models.Slot.objects.get()
    assert slot.skill_requirements.get().skill.code == "AI-PYT"
    assert slot.resource_uses.get().resource.code == "beds"
    assert (slot.state, slot.history.count()) == ("open", 1)
    changed = take(ImportKind.SLOTS, SLOT | {"capacity_max": "9"}, coordinator)
    assert changed.counts["changed"] == 1
    assert models.Slot.objects.get().capacity_max == 9


def test_a_class_uses_a_resource_once(coordinator):
    take(ImportKind.SLOTS, SLOT | {"resources": "beds:2:class"}, coordinator)
    use = models.ResourceUse.objects.get()
    assert (use.amount, use.used_by) == (2, UsedBy.CLASS)
    again = take(ImportKind.SLOTS, SLOT | {"resources": "beds:2:class"}, coordinator)
    assert again.counts["unchanged"] == 1
    each = take(ImportKind.SLOTS, SLOT | {"resources": "beds:2:person"}, coordinator)
    assert each.counts["changed"] == 1
    assert models.ResourceUse.objects.get().used_by == UsedBy.PERSON


def test_nobody_else_uses_a_resource(coordinator):
    told = problems(ImportKind.SLOTS, SLOT | {"resources": "beds:2:team"}, coordinator)
    assert told == [("resources", "choice")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ends_on": "2027-01-01"}, ("ends_on", "order")),
        ({"starts_on": "2027-02-31"}, ("starts_on", "date")),
        ({"capacity_min": "9"}, ("capacity_max", "at-least")),
        ({"capacity_max": "-1"}, ("capacity_max", "range")),
        ({"min_cefr": "B3"}, ("min_cefr", "choice")),
        ({"taught_language": "ja"}, ("taught_cefr", "together")),
        ({"isced_fields": "714"}, ("isced_fields", "pattern")),
        ({"host": "nobody"}, ("host", "unknown")),
        ({"resources": "beds:0"}, ("resources", "range")),
        ({"required_skills": "AI-PYT:5"}, ("required_skills", "range")),
    ],
)
def test_each_bad_cell_of_a_slot_is_told(coordinator, changes, problem):
    assert problems(ImportKind.SLOTS, SLOT | changes, coordinator) == [problem]


def test_slots_of_a_running_intake_stay_as_they_are(coordinator):
    models.Intake.objects.update(state="running")
    assert problems(ImportKind.SLOTS, SLOT, coordinator) == [
        ("intake", "intake-running")
    ]


def test_a_cost_rule_is_found_again_by_category_and_origin(coordinator):
    take(ImportKind.COST_RULES, COST, coordinator)
    papua = COST | {"origin_bps": "94", "amount": "7000000"}
    take(ImportKind.COST_RULES, papua, coordinator)
    rules = models.CostRule.objects.values_list("origin_id", "amount")
    assert set(rules) == {(None, 4_500_000), ("91", 7_000_000)}
    again = take(ImportKind.COST_RULES, papua | {"amount": "8000000"}, coordinator)
    assert again.counts["changed"] == 1


def test_two_formulas_of_a_category_are_two_rules(coordinator):
    """A lump in the first month and a sum a month: one file may hold both."""
    lump = COST | {"formula": "one_off", "amount": "1000000"}
    monthly = COST | {"formula": "per_month", "amount": "3300000"}
    take(ImportKind.COST_RULES, lump, coordinator)
    take(ImportKind.COST_RULES, monthly, coordinator)
    assert models.CostRule.objects.count() == 2
    again = take(ImportKind.COST_RULES, monthly | {"amount": "3500000"}, coordinator)
    assert again.counts["changed"] == 1
    exported = transfer.export(ImportKind.COST_RULES, "csv", by=coordinator, now=NOW)
    report = transfer.inspect(ImportKind.COST_RULES, exported, by=coordinator, now=NOW)
    assert (report.counts["unchanged"], report.bad) == (2, [])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount": "-1"}, ("amount", "negative")),
        ({"amount": "1.000"}, ("amount", "ambiguous-number")),
        ({"amount": "5 bags"}, ("amount", "decimal")),
        ({"currency": "rp"}, ("currency", "pattern")),
        ({"formula": "weekly"}, ("formula", "choice")),
        ({"category": "gift"}, ("category", "unknown")),
        ({"program": ""}, ("program", "either")),
        ({"origin_kemendagri": "53.04"}, ("origin_kemendagri", "a-province")),
    ],
)
def test_each_bad_cell_of_a_cost_rule_is_told(coordinator, changes, problem):
    assert problems(ImportKind.COST_RULES, COST | changes, coordinator) == [problem]


def test_budgets_are_the_planners_business(coordinator, planner):
    take(ImportKind.BUDGETS, BUDGET, planner)
    line = models.BudgetLine.objects.get()
    assert (line.amount, line.category) == (1_450_000_000, None)
    take(ImportKind.BUDGETS, BUDGET | {"amount": ""}, planner)
    assert models.BudgetLine.objects.get().amount is None
    take(ImportKind.BUDGETS, BUDGET | {"amount": "Rp 2,5 miliar"}, planner)
    assert models.BudgetLine.objects.get().amount == 2_500_000_000
    with pytest.raises(Refusal):
        take(ImportKind.BUDGETS, BUDGET, coordinator)
    bad = BUDGET | {"amount": "-5"}
    assert problems(ImportKind.BUDGETS, bad, planner) == [("amount", "negative")]
