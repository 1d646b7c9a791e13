"""Two plans side by side, and what changed since a plan's data were read."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.allocation.review.compare import compare
from planner.allocation.review.drift import since
from planner.desk.pages import needs, render
from planner.desk.parts.runs import chosen, find
from planner.models import Tier
from programs.roles import Permission


@require_GET
@needs(Permission.VIEW_ALL)
def compare_runs(request):
    """Show who gains, who loses and who moves between two runs."""
    runs = chosen(request)
    if len(runs) != 2:
        messages.warning(request, _("Choose exactly two runs that have a plan."))
        return redirect("admin:desk_runs")
    comparison = compare(*runs)
    return render(
        request,
        "desk/comparison/page.html",
        title=_("Run %(before)s and run %(after)s")
        % {"before": runs[0].number, "after": runs[1].number},
        before=runs[0],
        after=runs[1],
        comparison=comparison,
        tiers=[
            {
                "label": Tier(name).label,
                "before": Tier(name).shown(old),
                "after": Tier(name).shown(new),
            }
            for name, old, new in comparison.tiers
        ],
        figures=figures_of(*runs),
        counts=counts_of(comparison.people),
    )


def figures_of(before, after):
    """Return the totals of both runs side by side."""
    rows = [
        (_("placed"), "placed"),
        (_("without a place"), "unplaced"),
        (_("on waiting lists"), "reserve"),
    ]
    return [
        {
            "label": label,
            "before": before.summary[key],
            "after": after.summary[key],
            "difference": after.summary[key] - before.summary[key],
        }
        for label, key in rows
    ]


def counts_of(people):
    """Return how many gain a place, lose one, or move."""
    gain = sum(not person.before for person in people)
    lose = sum(not person.after for person in people)
    return {"gain": gain, "lose": lose, "move": len(people) - gain - lose}


@require_GET
@needs(Permission.VIEW_ALL)
def drift(request, run_id):
    """Answer what changed in the data since the run read them."""
    run = find(request, run_id)
    return TemplateResponse(
        request, "desk/comparison/drift.html", {"drift": since(run)}
    )
