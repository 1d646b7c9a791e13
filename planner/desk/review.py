"""The plan of a run as its page shows it: one sentence, then what it is made of."""

import math
from collections import Counter, defaultdict

from django.db.models import Count
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from planner.desk.flows import flow
from planner.desk.live import ENDINGS, PHASES
from planner.desk.scarce import pages_of, scarce
from planner.models import AllocationRun, LimitKind, words
from programs import formats
from programs.models import Slot

TIERS = {
    "policy": gettext_lazy("Priced quotas kept"),
    "people": gettext_lazy("People placed, in points"),
    "points": gettext_lazy("Fit, merit and wishes, in points"),
    "cost": gettext_lazy("Cost, in millions of rupiah"),
}


def review_of(run, user):
    """Return what the review page shows of a run with a plan."""
    limits = defaultdict(list)
    for limit in run.prices.all():
        limits[limit.kind].append(limit)
    pages = pages_of(run.prices.all(), user)
    quotas = [told_quota(quota) for quota in limits[LimitKind.QUOTA]]
    budgets = [told_budget(line) for line in limits[LimitKind.BUDGET]]
    return {
        "sentence": sentence_of(run, limits[LimitKind.BUDGET], limits[LimitKind.QUOTA]),
        "missed": sum(quota["is_missed"] for quota in quotas),
        "quotas_met": sum(not quota["is_missed"] for quota in quotas),
        "seats": seats_of(run, limits[LimitKind.SEATS], pages),
        "budgets": sorted(
            budgets, key=lambda line: (line["upper"] is None, line["key"])
        ),
        "quotas": sorted(quotas, key=lambda quota: not quota["is_missed"]),
        "scarce": scarce(limits, pages),
        "gap": main_gap(run),
        "tiers": [told_tier(tier) for tier in run.tiers],
        "reasons": reasons_of(run),
        "phases": phases_of(run),
        "limited": limited_of(limits[LimitKind.BUDGET]),
        "flow": flow(run),
        "ending": ENDINGS.get(run.termination, run.termination),
        "previous": run_before(run),
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


def phases_of(run):
    """Return the seconds spent in each phase, in order of their first appearance."""
    seconds = Counter()
    for phase in run.phases:
        seconds[phase["name"]] += phase["seconds"]
    return [
        {"label": PHASES.get(name, name), "seconds": spent}
        for name, spent in seconds.items()
    ]


def limited_of(budgets):
    """Return what is spent of limited money, and what others pay beside it."""
    limited = [line for line in budgets if line.upper is not None]
    return {
        "use": sum(line.use for line in limited),
        "upper": sum(line.upper for line in limited),
        "others": sum(line.use for line in budgets if line.upper is None),
    }


def is_missed(limit):
    """Return whether a quota is missed, in either direction."""
    over = limit.upper is not None and limit.use > limit.upper
    return limit.is_short or over


def told_quota(limit):
    """Return a quota with whether it is missed, and by how many."""
    shortfall = max(0, (limit.lower or 0) - limit.use)
    return {
        "limit": limit,
        "code": limit.key.partition(":")[2],
        "is_missed": is_missed(limit),
        "shortfall": shortfall,
    }


def told_budget(line):
    """Return a budget line with what is left of it."""
    left = None if line.upper is None else line.upper - line.use
    return {
        "key": line.key,
        "name": line.key.partition(":")[2],
        "label": line.label,
        "use": line.use,
        "upper": line.upper,
        "left": left,
    }


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
        quality_of(run),
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


def quality_of(run):
    """Return how good the plan is proven to be."""
    if best_in_every_tier(run):
        return _("proven to be the best possible")
    gap = main_gap(run)
    if gap is None or gap > 1:
        return _("how far from the best possible is not known")
    if gap <= 0:
        return _("proven to place as many as possible")
    return _("proven within %(gap)s of the best possible") % {
        "gap": formats.percent(gap, decimals=3)
    }


def gap_of(tier):
    """Return how far a goal is from its bound; whole points lie between no two."""
    if tier["value"] is None or tier["bound"] is None:
        return None
    return max(0, math.floor(tier["bound"]) - tier["value"]) / max(
        1, abs(tier["value"])
    )


def best_in_every_tier(run):
    """Return whether every goal is proven to be reached as far as possible."""
    return bool(run.tiers) and all(gap_of(tier) == 0 for tier in run.tiers)


def main_gap(run):
    """Return the proven gap of the goal that counts people, or of the only goal."""
    gaps = {tier["name"]: gap_of(tier) for tier in run.tiers}
    return gaps.get("people", run.verified_gap)


def seats_of(run, limits, pages):
    """Return the seats of each slot, with its page where the reader may see it."""
    by_code = {limit.key.partition(":")[2]: limit for limit in limits}
    eligible = {row["slot"]: row["eligible"] for row in run.summary.get("slots", [])}
    slots = Slot.objects.filter(code__in=by_code).select_related("host")
    return [
        {
            "slot": slot,
            "page": pages.get((LimitKind.SEATS, slot.code)),
            "limit": by_code[slot.code],
            "eligible": eligible.get(slot.code),
        }
        for slot in slots.order_by("code")
    ]


def reasons_of(run):
    """Return why people are unplaced, commonest first."""
    counts = Counter(
        dict(run.unplaced.values_list("main_reason").annotate(Count("pk")))
    )
    return [
        {"code": code, "count": count, "label": words.reason_label(code)}
        for code, count in counts.most_common()
    ]


def run_before(run):
    """Return the last run with a plan over one of the same intakes, to compare with."""
    return (
        AllocationRun.objects.filter(
            intakes__in=run.intakes.all(), number__lt=run.number
        )
        .exclude(result_digest="")
        .distinct()
        .order_by("-number")
        .first()
    )
