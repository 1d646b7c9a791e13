"""Costs, who may pay them, and how much there is."""

from datetime import date

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import CostFormula, FundingSourceKind
from programs.models import (
    BudgetLine,
    CostCategory,
    CostRule,
    ExchangeRate,
    FeeWaiver,
    FundingRule,
    FundingSource,
)

from .geography import country_of
from .programs import program
from .serial import serial

exchange_rate = Recipe(
    ExchangeRate, currency="MYR", valid_from=date(2026, 1, 1), rate=3600
)
cost_category = Recipe(
    CostCategory, code=serial("living"), name_en="Living", name_id="Biaya hidup"
)
cost_rule = Recipe(
    CostRule,
    program=foreign_key(program),
    category=foreign_key(cost_category),
    formula=CostFormula.PER_MONTH,
    amount=3_300_000,
    currency="IDR",
)
funding_source = Recipe(
    FundingSource, code=serial("source"), name="APBN", kind=FundingSourceKind.STATE
)
budget_line = Recipe(
    BudgetLine,
    source=foreign_key(funding_source),
    fiscal_year=2027,
    amount=1_000_000_000,
    currency="IDR",
)
funding_rule = Recipe(
    FundingRule,
    program=foreign_key(program),
    category=foreign_key(cost_category),
    percent=100,
)
fee_waiver = Recipe(
    FeeWaiver,
    code=serial("waiver"),
    destination=lambda: country_of("TW"),
    valid_from=date(2021, 1, 1),
    legal_reference="BP2MI 9/2020",
)
