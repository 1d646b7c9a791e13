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

RULE_LABELS = {
    "other_intake": gettext_noop("slot of another intake"),
    "slot_closed": gettext_noop("slot not offered any more"),
    "citizenship": gettext_noop("citizenship"),
    "age": gettext_noop("age"),
    "kkni": gettext_noop("KKNI level"),
    "field": gettext_noop("field of study"),
    "skill_level": gettext_noop("skill missing or too low"),
    "language_level": gettext_noop("language level too low or not valid then"),
    "not_available": gettext_noop("not free at that time"),
    "already_placed": gettext_noop("placed already at that time"),
    "step_order": gettext_noop("steps of the pathway overlap"),
    "route_invalid": gettext_noop("immigration route not valid then"),
    "lead_time": gettext_noop("too late for the papers"),
    "agreement_not_in_force": gettext_noop("agreement not in force"),
    "host_veto": gettext_noop("host said no"),
    "forbidden": gettext_noop("ruled out by a coordinator"),
    "no_payer": gettext_noop("a cost nobody may pay"),
    "waived_fee": gettext_noop("a cost left to the worker, which is forbidden"),
    "restricted": gettext_noop("processing restricted"),
    "no_consent": gettext_noop("consent missing"),
    "condition": gettext_noop("condition of the program or slot"),
}
"""Short names of the rules of eligibility, for lists and charts."""


def rule_label(code):
    """Return the short name of a rule of eligibility."""
    return _(RULE_LABELS[code])


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
