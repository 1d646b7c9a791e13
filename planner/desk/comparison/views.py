"""Two plans side by side, and what changed since a plan's data were read."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.allocation.review.compare import compare
from planner.allocation.review.drift import since
from planner.desk.pages import needs, render
from planner.desk.parts.fairness import side_by_side
from planner.desk.parts.runs import chosen, find
from planner.models import Tier, comparison_words
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
                "difference": Tier(name).shown(new) - Tier(name).shown(old),
            }
            for name, old, new in comparison.tiers
        ],
        figures=figures_of(*runs),
        apart=comparison_words.apart(comparison.apart, runs[0].number, runs[1].number),
        cost_difference=runs[1].summary["cost"] - runs[0].summary["cost"],
        unnamed=comparison.gain
        + comparison.lose
        + comparison.move
        - len(comparison.people),
        fairness=side_by_side(*runs),
    )


def figures_of(before, after):
    """Return the totals of both runs side by side."""
    rows = [
        (_("placed"), "placed"),
        (_("without a place"), "unplaced"),
        (_("of them on waiting lists"), "reserve"),
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


@require_GET
@needs(Permission.VIEW_ALL)
def drift(request, run_id):
    """Answer what changed in the data since the run read them."""
    run = find(request, run_id)
    return TemplateResponse(
        request, "desk/comparison/drift.html", {"drift": since(run)}
    )
