"""Scenarios made from choices: which budget, slot, resource, quota or weight, and what.

The stored form is the one of ``planner.models.overrides``; nobody has to write it.
"""

from django.utils.translation import gettext as _, gettext_lazy

from planner.models.overrides import WEIGHTS
from programs import amounts
from programs.models import BudgetLine, ObjectiveProfile, Quota, SharedResource, Slot

OFF = ("off", "mati")
HINTS = {
    "budgets": gettext_lazy(
        "an amount such as 2,5 miliar, or a change such as +500 juta or +10%"
    ),
    "capacities": gettext_lazy("most people, or fewest–most such as 4-12"),
    "resources": gettext_lazy("a whole number"),
    "quotas": gettext_lazy("a number, or “off”"),
    "weights": gettext_lazy("points"),
}


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
        (_("Seats"), [(f"capacities|{slot.code}", str(slot)) for slot in slots]),
        (
            _("Shared resources"),
            [(f"resources|{r.code}", str(r)) for r in SharedResource.objects.all()],
        ),
        (_("Quotas"), [(f"quotas|{q.code}", str(q)) for q in Quota.objects.all()]),
        (
            _("Weights"),
            [(f"weights|{name}", weight(name).verbose_name) for name in WEIGHTS],
        ),
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
    return int(text)


def number_of(text):
    """Return a number as JSON holds it: whole where it is."""
    value = amounts.decimal_of(text)
    return int(value) if value == int(value) else str(value)
