"""Stored codes and facts in words, in the language of whoever reads them."""

from django.utils.translation import gettext as _, gettext_noop, ngettext

from programs import formats
from programs.costing import rupiah_to_units, units_to_rupiah
from programs.models.base import localised

from .states import LimitKind

PRICE_STEP = rupiah_to_units(100_000_000)
"""What one more of a budget is, in planning units: Rp 100 million."""

BEFORE_A_PLAN = gettext_noop("Stopped before a plan.")
"""What is said of a run that was cancelled while there was nothing to keep."""


def rupiah(units):
    """Return planning units as money in words."""
    return formats.rupiah_short(units_to_rupiah(units))


def label(params):
    """Return the name of the limit in the reader's language.

    Budget lines of runs of earlier releases have none: their codes stand there.
    """
    if "label_en" not in params:
        return " + ".join(params["lines"])
    return localised(params["label_en"], params["label_id"])


CONFLICTS = {
    "upper": gettext_noop("%(limit)s: raise it by %(amount)s."),
    "lower": gettext_noop("%(limit)s: ask for %(amount)s fewer."),
    "supply": gettext_noop("%(limit)s: add %(amount)s."),
    "must": gettext_noop("%(limit)s: take the pin back."),
}
"""What to do about a limit that cannot hold together with others."""

TIGHT = {
    "upper": gettext_noop("%(limit)s: allows too little."),
    "lower": gettext_noop("%(limit)s: asks for too much."),
    "supply": gettext_noop("%(limit)s: has too little money."),
    "must": CONFLICTS["must"],
}
"""The same where nobody knows by how much."""


def conflict(relief, name=None):
    """Return what to do about a limit that cannot hold together with others.

    Parameters
    ----------
    relief: as a run stores it. name: of the limit, unless its own label is meant.
    """
    if relief["limit"].startswith(f"{LimitKind.CHANGES}:") and relief["by"]:
        return ngettext(
            "Allow %(number)s more person to lose a decided place or to move.",
            "Allow %(number)s more people to lose a decided place or to move.",
            relief["by"],
        ) % {"number": formats.number(relief["by"])}
    name = name or localised(relief["label_en"], relief["label_id"])
    if relief["by"] is None:
        return _(TIGHT[relief["kind"]]) % {"limit": name}
    is_money = relief["kind"] == "supply"
    amount = rupiah(relief["by"]) if is_money else formats.number(relief["by"])
    return _(CONFLICTS[relief["kind"]]) % {"limit": name, "amount": amount}


def price(limit):
    """Return what one more unit of a limit is worth, as a sentence."""
    if limit.kind == LimitKind.BUDGET:
        return price_of_money(limit)
    if not limit.people and not limit.price:
        return _("Not tight: it has no price.")
    if limit.people > 0:
        return _("Price of one more: as much as %(people)s placements.") % {
            "people": formats.number(limit.people, decimals=2)
        }
    if limit.people < 0:
        return _("Price of one fewer asked for: as much as %(people)s placements.") % {
            "people": formats.number(-limit.people, decimals=2)
        }
    return _("Price of one more: %(points)s points of fit.") % {
        "points": formats.number(limit.price)
    }


def price_of_money(limit):
    """Return what Rp 100 million more of a budget line is worth."""
    amount = rupiah(PRICE_STEP)
    if limit.people > 0:
        return _("Price of %(amount)s more: as much as %(people)s placements.") % {
            "amount": amount,
            "people": formats.number(limit.people * PRICE_STEP, decimals=2),
        }
    if limit.price > 0:
        return _("Price of %(amount)s more: %(points)s points of fit.") % {
            "amount": amount,
            "points": formats.number(limit.price * PRICE_STEP),
        }
    return _("Not tight: it has no price.")
