"""The plan of a run as its page shows it: one sentence, then what it is made of."""

from collections import defaultdict

from django.db.models import Count
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from planner.models import LimitKind
from programs import formats
from programs.models import Slot

TIERS = {
    "policy": gettext_lazy("Priced quotas kept"),
    "people": gettext_lazy("People placed"),
    "points": gettext_lazy("Fit, merit and wishes"),
    "cost": gettext_lazy("Cost"),
}
MOST_PRICES = 12


def review_of(run, user):
    """Return what the review page shows of a run with a plan."""
    limits = defaultdict(list)
    for limit in run.prices.all():
        limits[limit.kind].append(limit)
    budgets = sorted(limits[LimitKind.BUDGET], key=lambda line: line.key)
    quotas = sorted(limits[LimitKind.QUOTA], key=lambda quota: not is_missed(quota))
    return {
        "sentence": sentence_of(run, budgets, quotas),
        "budget": sum(line.upper or 0 for line in budgets),
        "spent": sum(line.use for line in budgets),
        "missed": sum(map(is_missed, quotas)),
        "seats": seats_of(run, limits[LimitKind.SEATS]),
        "budgets": budgets,
        "quotas": [{"limit": quota, "is_missed": is_missed(quota)} for quota in quotas],
        "others": [
            limit
            for kind in (LimitKind.RESOURCE, LimitKind.AGREEMENT, LimitKind.ROUTE)
            for limit in limits[kind]
        ],
        "scarce": scarce(limits),
        "tiers": [{**tier, "label": TIERS.get(tier["name"])} for tier in run.tiers],
        "reasons": reasons_of(run),
        "phases": run.phases,
        **origins_of(run),
    }


def is_missed(limit):
    """Return whether a quota is missed, in either direction."""
    over = limit.upper is not None and limit.use > limit.upper
    return limit.is_short or over


def sentence_of(run, budgets, quotas):
    """Return the plan in one sentence; never more than was checked."""
    facts = run.summary
    parts = [
        ngettext(
            "%(placed)s of %(people)s person placed",
            "%(placed)s of %(people)s people placed",
            facts["applications"],
        )
        % {
            "placed": formats.number(facts["placed"]),
            "people": formats.number(facts["applications"]),
        }
    ]
    if run.verified_gap is not None:
        parts.append(
            _("proven within %(gap)s of the best possible")
            % {"gap": formats.percent(run.verified_gap, decimals=3)}
            if run.verified_gap > 0
            else _("proven to be the best possible")
        )
    else:
        parts.append(_("how far from the best possible is not known"))
    limited = sum(line.upper for line in budgets if line.upper is not None)
    spent = sum(line.use for line in budgets if line.upper is not None)
    if limited:
        parts.append(
            _("%(spent)s of %(budget)s used")
            % {
                "spent": formats.rupiah_short(spent * 1000),
                "budget": formats.rupiah_short(limited * 1000),
            }
        )
    missed = sum(map(is_missed, quotas))
    parts.append(_("all hard limits kept"))
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


def seats_of(run, limits):
    """Return the seats of each slot, with the slot itself."""
    codes = {limit.key.partition(":")[2]: limit for limit in limits}
    slots = Slot.objects.filter(code__in=codes).select_related("host", "country")
    rows = [{"slot": slot, "limit": codes[slot.code]} for slot in slots]
    return sorted(rows, key=lambda row: row["slot"].code)


def scarce(limits):
    """Return the limits that hold the plan back most, dearest first."""
    priced = [
        limit
        for kind, rows in limits.items()
        if kind != LimitKind.OVERLAP
        for limit in rows
        if limit.price > 0 or limit.people > 0
    ]
    priced.sort(key=lambda limit: (-limit.people, -limit.price, limit.key))
    return priced[:MOST_PRICES]


def reasons_of(run):
    """Return why people are unplaced, commonest first, each with an example row."""
    counts = (
        run.unplaced.values_list("main_reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "main_reason")
    )
    return [
        {"code": code, "count": count, "label": label_of_reason(code)}
        for code, count in counts
    ]


def label_of_reason(code):
    """Return a reason's name in the reader's language."""
    return REASONS.get(code, code)


REASONS = {
    "not_eligible": gettext_lazy("meets the rules of none of the wished slots"),
    "no_wish": gettext_lazy("no slot was wished for"),
    "seats": gettext_lazy("the wished slots are full"),
    "budget": gettext_lazy("the money does not reach"),
    "quota": gettext_lazy("a quota stands in the way"),
    "cohort": gettext_lazy("too few people for the slot to run"),
}


def origins_of(run):
    """Return the people placed by province and by sex, for the approver."""
    placed = run.proposals.filter(step=1)
    return {
        "by_province": list(
            placed.values_list("application__participant__province__name")
            .annotate(count=Count("pk"))
            .order_by("-count", "application__participant__province__name")
        ),
        "by_sex": list(
            placed.values_list("application__participant__sex")
            .annotate(count=Count("pk"))
            .order_by("application__participant__sex")
        ),
    }
