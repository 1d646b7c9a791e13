"""A plan in one sentence, and how good each of its goals is proven to be."""

from collections import Counter

from django.db.models import Count
from django.utils.translation import gettext as _, ngettext

from planner.models import LimitKind, reason_words
from planner.models.quality import quality
from programs import formats
from programs.costing import units_to_rupiah


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
                "spent": formats.rupiah_short(units_to_rupiah(money["use"])),
                "budget": formats.rupiah_short(units_to_rupiah(money["upper"])),
            }
        )
    parts.append(_("all hard limits kept"))
    missed = sum(quota.is_missed for quota in quotas)
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


def short_of(run):
    """Return what is short for people without a place, by kind of limit.

    Runs of earlier releases have not counted it.
    """
    return [
        {"count": count, "label": LimitKind(kind).label}
        for kind, count in run.summary.get("short", ())
    ]


def reasons_of(run):
    """Return why nominations got no place, commonest first."""
    counts = Counter(
        dict(run.unplaced.values_list("main_reason").annotate(Count("pk")))
    )
    return [
        {"code": code, "count": count, "label": reason_words.reason_label(code)}
        for code, count in counts.most_common()
    ]
