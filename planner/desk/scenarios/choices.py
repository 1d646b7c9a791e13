"""Scenarios made from choices: which budget, slot, resource, quota or weight, and what.

The stored form is the one of ``planner.models.overrides``; nobody has to write it.
"""

from django.utils.translation import gettext as _, gettext_lazy

from planner.desk.scenarios import named
from planner.models.overrides import WAIVABLE, WEIGHTS
from programs import amounts
from programs.eligibility.labels import rule_label
from programs.models import (
    BudgetLine,
    ObjectiveProfile,
    ProfileCondition,
    Quota,
    SharedResource,
    Slot,
)
from programs.transfer.columns import read_day
from programs.transfer.messages import CellError

OFF = ("off", "mati")
HINTS = {
    "budgets": gettext_lazy(
        "an amount such as 2,5 miliar, or a change such as +500 juta or +10%"
    ),
    "capacities": gettext_lazy(
        "most people, fewest–most such as 4-12, or a change such as +2 or +10%"
    ),
    "resources": gettext_lazy("a whole number, or a change such as +2 or +10%"),
    "quotas": gettext_lazy("a number such as 12,5, a change such as +2, or “off”"),
    "weights": gettext_lazy("points, or a change such as +10%"),
    "points": gettext_lazy("points, or a change such as +10%"),
    "rates": gettext_lazy("a change such as +10%, or a factor such as 1,1"),
    "pins": gettext_lazy("“off”"),
    "rules": gettext_lazy("“off”"),
    "dates": gettext_lazy("a day such as 01/03/2027 (day first)"),
    "person": gettext_lazy(
        "the person’s code and a slot, such as P-000021 CN-INT-02, or P-000021 off"
    ),
    "slot": gettext_lazy(
        "the slot and its days, such as CN-INT-02 01/03/2027–31/08/2027, or CN-INT-02 "
        "+14 days"
    ),
}
NAMES = {
    ("rates", "shock"): gettext_lazy("exchange rates of all foreign money"),
    ("pins", "pins"): gettext_lazy("pins"),
    ("pins", "bans"): gettext_lazy("prohibitions by coordinators"),
    ("dates", "decide_by"): gettext_lazy("day by which rules are judged"),
}
"""What is changed that is no row of a table."""
NAMED = {
    ("pins", "person"): gettext_lazy("the pin of one person"),
    ("dates", "slot"): gettext_lazy("the days of one slot"),
}
"""What is changed of a row that is named in what is typed."""


def name_of(group, key):
    """Return what people call a thing that a scenario changes."""
    if group == "rules":
        return rule_label(key)
    if group == "weights" and key in WEIGHTS:
        return str(ObjectiveProfile._meta.get_field(key).verbose_name)
    return str(NAMES.get((group, key), key))


def choices_for(user):
    """Return what a scenario can change, grouped for a select box."""
    lines = BudgetLine.objects.select_related("source", "category").order_by(
        "source__name", "fiscal_year", "category"
    )
    slots = Slot.objects.visible_to(user).open().select_related("host")
    weight = ObjectiveProfile._meta.get_field
    codes = ProfileCondition.objects.order_by("code").values_list("code", flat=True)
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
            _("Points for conditions"),
            [(f"points|{code}", code) for code in dict.fromkeys(codes)],
        ),
        (
            _("Money, pins and days"),
            [("|".join(key), name) for key, name in (NAMES | NAMED).items()],
        ),
        (_("Rules"), [(f"rules|{code}", rule_label(code)) for code in WAIVABLE]),
    ]


def hint_of(group, key):
    """Return what is to be written for a target."""
    return HINTS[key if (group, key) in NAMED else group]


def change_of(group, key, text, user):
    """Return (key, change) in the stored form.

    Raises
    ------
    ValueError: the text does not say what the group needs.
    ValidationError: it names what is not there.
    """
    if (group, key) == ("pins", "person"):
        return named.person(text, user)
    if (group, key) == ("dates", "slot"):
        return named.slot_days(text, user)
    return key, _change_of(group, text.strip().lower())


def _change_of(group, text):
    if group == "budgets":
        return amounts.change_of(text)
    if group == "capacities":
        return capacity_of(text)
    if group == "quotas":
        return {"off": True} if text in OFF else {"value": number_of(text)}
    if group == "rates":
        return rate_of(text)
    if group in ("pins", "rules"):
        return off(text)
    if group == "dates":
        return day_of(text)
    return amounts.change_of(text, money=False)


def capacity_of(text):
    """Return the most people, or fewest and most; a sign makes it a change."""
    least, dash, most = text.replace("–", "-").partition("-")
    if not dash or not least.strip():
        return {"max": amounts.change_of(text, money=False)}
    return {"min": amounts.number_of(least), "max": amounts.number_of(most)}


def rate_of(text):
    """Return the factor of exchange rates that a change or a factor means."""
    sign, rest = amounts.signed(text)
    share = amounts.share_of(rest)
    if share is None:
        if sign:
            raise ValueError(text)
        factor = amounts.decimal_of(rest)
    else:
        factor = 1 + (-1 if sign == "-" else 1) * share / 100
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
    """Return a number as JSON holds it: whole where it is, a change with its sign."""
    sign, rest = amounts.signed(text)
    value = amounts.decimal_of(rest)
    plain = format(value.normalize(), "f")
    if sign:
        return f"{sign}{plain}"
    return int(value) if value == int(value) else plain
