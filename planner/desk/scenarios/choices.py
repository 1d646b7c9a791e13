"""Scenarios made from choices: which budget, slot, resource, quota or weight, and what.

The stored form is the one of ``planner.models.overrides``; nobody has to write it.
"""

from django.utils.translation import gettext as _, gettext_lazy

from planner.models.overrides import WAIVABLE, WEIGHTS
from planner.models.words import rule_label
from programs import amounts
from programs.models import BudgetLine, ObjectiveProfile, Quota, SharedResource, Slot
from programs.transfer.columns import read_day
from programs.transfer.messages import CellError

OFF = ("off", "mati")
HINTS = {
    "budgets": gettext_lazy(
        "an amount such as 2,5 miliar, or a change such as +500 juta or +10%"
    ),
    "capacities": gettext_lazy("most people, or fewest–most such as 4-12"),
    "resources": gettext_lazy("a whole number"),
    "quotas": gettext_lazy("a number, or “off”"),
    "weights": gettext_lazy("points"),
    "rates": gettext_lazy("a change such as +10%, or a factor such as 1,1"),
    "pins": gettext_lazy("“off”"),
    "rules": gettext_lazy("“off”"),
    "dates": gettext_lazy("a day such as 01/03/2027 (day first)"),
}
NAMES = {
    ("rates", "shock"): gettext_lazy("exchange rates of all foreign money"),
    ("pins", "pins"): gettext_lazy("pins"),
    ("pins", "bans"): gettext_lazy("prohibitions by coordinators"),
    ("dates", "decide_by"): gettext_lazy("day by which rules are judged"),
}
"""What is changed that is no row of a table."""


def name_of(group, key):
    """Return what people call a thing that a scenario changes."""
    if group == "rules":
        return rule_label(key)
    return str(NAMES.get((group, key), key))


def choices_for(user):
    """Return what a scenario can change, grouped for a select box."""
    lines = BudgetLine.objects.select_related("source", "category").order_by(
        "source__name", "fiscal_year", "category"
    )
    slots = Slot.objects.visible_to(user).open().select_related("host")
    weight = ObjectiveProfile._meta.get_field
    return [
        ("", "–"),
        (_("Budgets"), [(f"budgets|{line.key}", str(line)) for line in lines]),
        (_("Seats"), [(f"capacities|{slot.name}", str(slot)) for slot in slots]),
        (
            _("Shared resources"),
            [(f"resources|{r.code}", str(r)) for r in SharedResource.objects.all()],
        ),
        (_("Quotas"), [(f"quotas|{q.code}", str(q)) for q in Quota.objects.all()]),
        (
            _("Weights"),
            [(f"weights|{name}", weight(name).verbose_name) for name in WEIGHTS],
        ),
        (
            _("Money, pins and days"),
            [("|".join(key), name) for key, name in NAMES.items()],
        ),
        (_("Rules"), [(f"rules|{code}", rule_label(code)) for code in WAIVABLE]),
    ]


def change_of(group, text):
    """Return the stored form of one change.

    Raises
    ------
    ValueError: the text does not say what the group needs.
    """
    text = text.strip().lower()
    if group == "budgets":
        return amounts.change_of(text)
    if group == "capacities":
        least, dash, most = text.replace("–", "-").partition("-")
        if not dash:
            return {"max": int(least)}
        return {"min": int(least), "max": int(most)}
    if group == "quotas":
        return {"off": True} if text in OFF else {"value": number_of(text)}
    if group == "rates":
        return rate_of(text)
    if group in ("pins", "rules"):
        return off(text)
    if group == "dates":
        return day_of(text)
    return int(text)


def rate_of(text):
    """Return the factor of exchange rates that a change or a factor means."""
    share = text.endswith("%")
    sign = -1 if text.startswith("-") else 1
    number = amounts.decimal_of(text.rstrip("%").lstrip("+-"))
    factor = 1 + sign * number / 100 if share else number
    return format(factor.normalize(), "f")


def off(text):
    """Return how it is stored that something is left out."""
    if text not in OFF:
        raise ValueError(text)
    return OFF[0]


def day_of(text):
    """Return a day as it is stored, read as in files: day first."""
    try:
        return read_day(text).isoformat()
    except CellError as error:
        raise ValueError(text) from error


def number_of(text):
    """Return a number as JSON holds it: whole where it is."""
    value = amounts.decimal_of(text)
    return int(value) if value == int(value) else str(value)
