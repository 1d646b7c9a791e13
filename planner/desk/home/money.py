"""How much of the budgets is committed, budgets of every currency together."""

from collections import defaultdict
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from programs import formats
from programs.costing.rates import Rates
from programs.models import BudgetLine, FundingLine, Placement
from programs.refusals import Refusal

RUPIAH = "IDR"


def money(user, intakes, today):
    """Return the tile: what is committed of lines with a limit, and those limits.

    In rupiah; a line of another currency and what was committed of it count alike, at
    the rate that plans of these intakes are made with (their last decision day).
    """
    years = {
        year
        for intake in intakes
        for year in range(intake.starts_on.year, intake.ends_on.year + 1)
    }
    budgets = _sums(
        BudgetLine.objects.filter(fiscal_year__in=years, amount__isnull=False), "amount"
    )
    committed = _sums(_committed(user, intakes, years), "held_own")
    day = max((intake.decide_by for intake in intakes), default=today)
    rates, missing = _rates({*budgets, *committed}, day)
    return {
        "kind": "money",
        "title": _("Committed / budget"),
        "money": _worth(committed, rates),
        "total": _worth(budgets, rates),
        "note": _note(years, rates, missing, day),
        "link": reverse("admin:programs_budgetline_changelist"),
    }


def _committed(user, intakes, years):
    """Return what was committed of lines with a limit: others have no budget."""
    limited = BudgetLine.objects.filter(
        Q(category=None) | Q(category=OuterRef("category")),
        source=OuterRef("source"),
        fiscal_year=OuterRef("fiscal_year"),
        amount__isnull=False,
    )
    return FundingLine.objects.committed().filter(
        Exists(limited),
        fiscal_year__in=years,
        placement__in=Placement.objects.visible_to(user),
        placement__slot__intake__in=intakes,
    )


def _sums(rows, column):
    """Return {currency: sum of a column} of budget lines or of commitments."""
    found = rows.order_by().values_list("currency").annotate(Sum(column))
    return defaultdict(int, found)


def _rates(currencies, day):
    """Return ({currency: rupiah a unit}, currencies without a rate)."""
    foreign = sorted(currencies - {RUPIAH})
    table = Rates() if foreign else None
    rates, missing = {RUPIAH: 1}, []
    for currency in foreign:
        try:
            rates[currency] = table.on(currency, day)
        except Refusal:
            missing.append(currency)
    return rates, missing


def _worth(amounts, rates):
    return round(sum(Fraction(amounts[name]) * rate for name, rate in rates.items()))


def _note(years, rates, missing, day):
    parts = []
    if years:
        listed = ", ".join(str(year) for year in sorted(years))
        parts.append(_("fiscal years %(years)s") % {"years": listed})
    if len(rates) > 1:
        parts.append(
            _("%(currencies)s at the rate of %(day)s")
            % {
                "currencies": ", ".join(sorted(rates.keys() - {RUPIAH})),
                "day": formats.day(day),
            }
        )
    if missing:
        parts.append(
            _("without %(currencies)s: no exchange rate")
            % {"currencies": ", ".join(missing)}
        )
    return "; ".join(parts)
