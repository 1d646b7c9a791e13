"""A plan in one sentence, and how good each of its goals is proven to be."""

import math
from collections import Counter

from django.db.models import Count
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from planner.desk.parts.limits import is_missed
from planner.models import words
from planner.models.quality import gap_of, quality
from programs import formats

TIERS = {
    "policy": gettext_lazy("Priced quotas kept"),
    "people": gettext_lazy("People placed, in points"),
    "points": gettext_lazy("Fit, merit and wishes, in points"),
    "cost": gettext_lazy("Cost, in millions of rupiah"),
}


def told_tier(tier):
    """Return a goal with its name; a bound more than twice too far says nothing."""
    gap = gap_of(tier)
    says = gap is not None and gap <= 1
    return {
        "label": TIERS.get(tier["name"], tier["name"]),
        "value": shown_value(tier["name"], tier["value"]),
        "bound": shown_value(tier["name"], math.floor(tier["bound"])) if says else None,
        "is_least": tier["name"] == "cost",
        "gap": gap if says else None,
    }


def shown_value(name, value):
    """Return a goal's value as people read it.

    The solver wants the most of everything, so it counts cost below zero.
    """
    return -value if name == "cost" and value is not None else value


def sentence_of(run, budgets, quotas):
    """Return the plan in one sentence; never more than was checked."""
    facts = run.summary
    parts = [
        ngettext(
            "%(placed)s of %(people)s person placed",
            "%(placed)s of %(people)s people placed",
            facts["people"],
        )
        % {
            "placed": formats.number(facts["placed"]),
            "people": formats.number(facts["people"]),
        },
        quality(run),
    ]
    money = limited_of(budgets)
    if money["upper"]:
        parts.append(
            _("%(spent)s of %(budget)s used")
            % {
                "spent": formats.rupiah_short(money["use"] * 1000),
                "budget": formats.rupiah_short(money["upper"] * 1000),
            }
        )
    parts.append(_("all hard limits kept"))
    missed = sum(map(is_missed, quotas))
    if missed:
        parts.append(
            ngettext(
                "%(count)s priced quota missed",
                "%(count)s priced quotas missed",
                missed,
            )
            % {"count": missed}
        )
    return ", ".join(parts) + "."


def limited_of(budgets):
    """Return what is spent of limited money, and what others pay beside it."""
    limited = [line for line in budgets if line.upper is not None]
    return {
        "use": sum(line.use for line in limited),
        "upper": sum(line.upper for line in limited),
        "others": sum(line.use for line in budgets if line.upper is None),
    }


def reasons_of(run):
    """Return why people are unplaced, commonest first."""
    counts = Counter(
        dict(run.unplaced.values_list("main_reason").annotate(Count("pk")))
    )
    return [
        {"code": code, "count": count, "label": words.reason_label(code)}
        for code, count in counts.most_common()
    ]
