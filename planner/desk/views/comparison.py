"""Two plans side by side, and what changed since a plan's data were read."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.pages import VIEWERS, needs, render
from planner.desk.views.runs import find


@require_GET
@needs(*VIEWERS)
def compare_runs(request):
    """Show who gains, who loses and who moves between two runs."""
    from planner.allocation.compare import compare

    ids = request.GET.getlist("run")
    if len(ids) != 2:
        messages.warning(request, _("Choose exactly two runs to compare."))
        return redirect("admin:desk_runs")
    runs = sorted((find(request, pk) for pk in ids), key=lambda run: run.number)
    return render(
        request,
        "desk/runs/compare.html",
        title=_("Run %(before)s and run %(after)s")
        % {"before": runs[0].number, "after": runs[1].number},
        before=runs[0],
        after=runs[1],
        comparison=compare(*runs),
    )


@require_GET
@needs(*VIEWERS)
def drift(request, run_id):
    """Answer what changed in the data since the run read them."""
    from planner.allocation.drift import since

    run = find(request, run_id)
    return TemplateResponse(request, "desk/runs/drift.html", {"drift": since(run)})
