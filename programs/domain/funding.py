"""Who may pay for whom: shares that may hold for one person are all of it at most."""

from collections import defaultdict

from django.utils.translation import gettext as _

from programs import conditions, formats
from programs.models import FundingRule
from programs.models.money import WHOLE
from programs.refusals import Refusal

from . import conditions as checks


def of_rule(row):
    """Yield the refusals of a funding rule: of its condition, and of its share."""
    found = list(checks.of_row(row))
    yield from found
    if found or None in (row.percent, row.program_id, row.category_id):
        return
    others = FundingRule.objects.filter(
        program=row.program_id, category=row.category_id
    )
    others = others.exclude(pk=row.pk).values_list("condition", "percent")
    together = most([*others, (row.condition, row.percent)])
    if together > WHOLE:
        yield over(together)


def over(together):
    """Return the refusal of shares that add up to more than all of it."""
    return Refusal(
        "over-all",
        _(
            "Payers of this category whose conditions may hold for the same person "
            "would share %(share)s%%. Lower a share, or let the conditions exclude "
            "each other (“and not (…)”)."
        )
        % {"share": formats.number(together, decimals=2)},
        field="percent",
    )


def most(rules):
    """Return the largest share that rules which may hold for one person add up to.

    Parameters
    ----------
    rules: (condition, percent) of each.
    """
    shares = defaultdict(int)
    for condition, percent in rules:
        shares[condition] += percent
    everybody = shares.pop("", 0)
    nodes = {text: conditions.read(text).node for text in shares}
    clash = {
        (one, other)
        for one, first in nodes.items()
        for other, second in nodes.items()
        if one != other
        and conditions.impossible(conditions.join(conditions.All, [first, second]))
    }
    return everybody + _heaviest(list(shares.items()), (), clash)


def _heaviest(left, chosen, clash):
    """Return the most that shares of which no two exclude each other add up to."""
    if not left:
        return 0
    (text, percent), *rest = left
    without = _heaviest(rest, chosen, clash)
    if any((text, other) in clash for other in chosen):
        return without
    return max(without, percent + _heaviest(rest, (*chosen, text), clash))
