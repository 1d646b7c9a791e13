"""The money of a stay that is changed: booked anew where its costs are others.

What costs the same in the same year, paid by the same, stays as it was booked. The rest
is priced by the one cost table, for the days as they will be, and drawn from what the
budget lines have left: first from who pays for that category already.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

from django.utils.translation import gettext as _

from programs import costing
from programs.models import Application, CostCategory, FundingLine, Slot
from programs.refusals import Refusal, RefusalKind


class Booked(NamedTuple):
    """Which funding lines go, by id, and which come in their place, unsaved."""

    gone: list
    new: list


def book(change):
    """Return the funding lines that a change of a stay takes off and adds.

    Raises
    ------
    Refusal: nobody who may pay has enough left.
    """
    placement = change.placement
    days = placement.starts_on, placement.ends_on
    before, _costs = _priced(placement, placement.slot_id, days)
    days = change.starts_on, change.ends_on
    after, costs = _priced(placement, change.slot_id, days)
    same = {key for key, line in after.items() if before.get(key) == line}
    known = list(placement.funding_lines.select_related("source"))
    gone, payers = [], set()
    for line in known:
        key = line.category_id, line.fiscal_year
        payers.add((line.category_id, line.source_id))
        if key not in same and (key in before or key in after):
            gone.append(line.pk)
    committed = FundingLine.objects.exclude(pk__in=gone).sums()
    purse = Purse(costs, committed, payers)
    for key, line in after.items():
        if key not in same:
            purse.pay(line)
    return Booked(gone, purse.lines(placement))


def _priced(placement, slot, days):
    """Return ({(category, year): cost line} of a stay, the cost table)."""
    slots = Slot.objects.filter(pk=slot)
    people = Application.objects.filter(pk=placement.application_id)
    costs = costing.load(slots=slots, days={slot: days}, people=people)
    origin = placement.application.participant.province_id
    met = costs.met(slot, placement.application_id)
    lines = costs.lines(slot, origin, met)
    return {(line.category, line.fiscal_year): line for line in lines}, costs


class Purse:
    """What budget lines have left, and what they pay of a stay.

    Parameters
    ----------
    committed: as ``FundingLine.objects.sums`` tells it, without what is given back.
    payers: {(category, source)} that pay for the stay now.
    """

    def __init__(self, costs, committed, payers):
        spending, _homeless = costing.settle(costs.budget, committed)
        self.budget, self.payers = costs.budget, payers
        self.left = {
            pk: None if line.amount is None else line.amount - spending.get(pk, 0)
            for pk, line in costs.budget.items()
        }
        self.order = {line.pk: at for at, line in enumerate(costs.budget_lines)}
        self.paid = defaultdict(Fraction)

    def pay(self, cost):
        """Draw each share of a cost from those who may pay it.

        Shares that few may pay come first: the others find money elsewhere.
        """
        covered = sum((share.amount for share in cost.shares), Fraction(0))
        if covered < cost.amount:
            raise _money_missing(cost)
        for share in sorted(cost.shares, key=lambda share: len(share.payers)):
            need = share.amount
            for pk in sorted(share.payers, key=lambda pk: self._rank(pk, cost)):
                left = self.left[pk]
                part = need if left is None else min(need, max(left, Fraction(0)))
                if left is not None:
                    self.left[pk] = left - part
                if part:
                    self.paid[pk, cost.category] += part
                need -= part
            if need:
                raise _money_missing(cost)

    def _rank(self, pk, cost):
        line = self.budget[pk]
        is_new = (cost.category, line.source) not in self.payers
        return is_new, line.category is None, self.order[pk]

    def lines(self, placement):
        """Return the unsaved funding lines, cut to cents of each currency."""
        sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for (pk, category), units in self.paid.items():
            line = self.budget[pk]
            rupiah = units * costing.UNIT
            key = category, line.source, line.fiscal_year, line.currency
            sums[key][0] += _cents(rupiah)
            sums[key][1] += _cents(rupiah / line.rate)
        return [
            FundingLine(
                placement=placement,
                category_id=category,
                source_id=source,
                fiscal_year=year,
                amount=rupiah,
                currency=currency,
                foreign_amount=None if currency == "IDR" else own,
            )
            for (category, source, year, currency), (rupiah, own) in sums.items()
            if own
        ]


def _cents(amount):
    """Return an amount cut to cents: nobody gets more than a line has."""
    return Decimal(floor(amount * costing.CENTS)) / costing.CENTS


def _money_missing(cost):
    category = CostCategory.objects.get(pk=cost.category)
    return Refusal(
        "money-missing",
        _(
            "Nobody who may pay for “%(category)s” has enough left in %(year)d. The "
            "ministry can add to a budget line."
        )
        % {"category": category.name, "year": cost.fiscal_year},
        kind=RefusalKind.CONFLICT,
        category=cost.category,
        year=cost.fiscal_year,
    )
