"""What holds a plan back: its limits by price, each with the page that explains it."""

from django.urls import reverse
from django.utils.http import urlencode

from planner.models import LimitKind, small_counts
from planner.models.words import PRICE_STEP
from programs.models import (
    Agreement,
    ImmigrationRoute,
    SharedResource,
    Slot,
)

MOST_PRICES = 12
PAGES = {
    LimitKind.SEATS: (Slot, "admin:desk_slot"),
    LimitKind.RESOURCE: (SharedResource, "admin:programs_sharedresource_change"),
    LimitKind.AGREEMENT: (Agreement, "admin:programs_agreement_change"),
    LimitKind.ROUTE: (ImmigrationRoute, "admin:programs_immigrationroute_change"),
}


def worth(limit):
    """Return how dear a limit is, for sorting: people first, then points.

    Budget lines are compared by what one step of money is worth.
    """
    step = PRICE_STEP if limit.kind == LimitKind.BUDGET else 1
    return abs(limit.people) * step, abs(limit.price) * step


def scarce(limits, pages):
    """Return the limits that hold the plan back most, dearest first, in words."""
    priced = [
        limit
        for kind, rows in limits.items()
        if kind != LimitKind.OVERLAP
        for limit in rows
        if limit.people or limit.price > 0
    ]
    priced.sort(key=lambda limit: (*(-part for part in worth(limit)), str(limit.key)))
    shown = priced[:MOST_PRICES]
    return [
        {
            "limit": limit,
            "sentence": f"{limit.label}: {limit.words()}",
            "link": link_of(limit, pages),
        }
        for limit in shown
    ]


def pages_of(limits, user):
    """Return {(kind, code): page} of the limits' things that the reader may see."""
    pages = {}
    for kind, (model, view) in PAGES.items():
        codes = {limit.code for limit in limits if limit.kind == kind}
        rows = model.objects.visible_to(user)
        if model is Slot:
            known = rows.named(codes).names()
        else:
            known = dict(rows.filter(code__in=codes).values_list("code", "pk"))
        for code, pk in known.items():
            pages[kind, code] = reverse(view, args=[pk])
    return pages


def link_of(limit, pages):
    """Return the page that explains a limit further, or nothing."""
    if limit.kind == LimitKind.BUDGET and limit.upper is not None:
        page = reverse("admin:desk_run_frontier", args=[limit.run_id])
        return f"{page}?{urlencode({'line': limit.code})}"
    if limit.kind == LimitKind.QUOTA:
        return reverse("admin:desk_run_quota", args=[limit.run_id, limit.code])
    return pages.get((limit.kind, limit.code), "")


def told_quotas(limits):
    """Return quotas with who counts, whether each is missed, and by how many.

    Of what is confidential no few are counted: neither they nor how many are missing.
    """
    return [
        {
            "limit": limit,
            "code": limit.code,
            "is_missed": limit.is_missed,
            "reached": limit.reached,
            "shortfall": limit.missing,
        }
        for limit in small_counts.tell(list(limits))
    ]


def told_budget(line):
    """Return a budget line with what is left of it."""
    left = None if line.upper is None else line.upper - line.use
    return {
        "code": line.code,
        "label": line.label,
        "use": line.use,
        "upper": line.upper,
        "left": left,
    }
