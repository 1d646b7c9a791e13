"""What would more money buy? Asked on the page of a plan, answered by real runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.allocation.decisions import budget_trials
from planner.desk.charts.frontier import frontier as drawn
from planner.desk.frontier.context import lines_of, points_of
from planner.desk.pages import attempt, needs, render
from planner.desk.parts.runs import find_plan
from programs import clock, formats
from programs.amounts import more_of
from programs.costing import rupiah_to_units, units_to_rupiah
from programs.roles import Permission


@needs(Permission.VIEW_ALL)
def page(request, run_id):
    """Show what other budgets buy; a planner asks for more of them."""
    run = find_plan(request, run_id)
    lines = lines_of(run)
    if request.method == "POST":
        return _ask(request, run, lines)
    return render(
        request,
        "desk/frontier/page.html",
        title=_("What would more money buy? Run %(number)s") % {"number": run.number},
        run=run,
        lines=lines,
        levels=budget_trials.LEVELS,
        most=budget_trials.MOST_LINES,
        may_plan=request.user.allows(Permission.PLAN),
        **_answers(run, lines, request.GET.get("line", "")),
    )


@require_GET
@needs(Permission.VIEW_ALL)
def answers(request, run_id):
    """Answer the page's question: what has been solved by now?"""
    run = find_plan(request, run_id)
    told = _answers(run, lines_of(run), request.GET.get("line", ""))
    if not told["is_solving"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "desk/frontier/answers.html", {"run": run, **told})


def _answers(run, lines, wanted):
    """Return the points of every line, and the curve of the one asked for."""
    points = points_of(run, lines)
    asked = [row for rows in points.values() for row in rows if not row.is_base]
    chosen = next((row for row in lines if row.code == wanted), None)
    curve = points.get(wanted, []) if chosen else []
    return {
        "line": chosen,
        "curve": curve,
        "chart": drawn([p for p in curve if p.placed is not None]),
        "asked": sorted(asked, key=lambda p: (-(p.more or 0), p.label, p.budget)),
        "is_solving": any(point.run.is_active for point in asked),
        "num_waiting": sum(point.run.is_active for point in asked),
    }


def _ask(request, run, lines):
    """Call the verb of the button that was pressed."""
    if not request.user.allows(Permission.PLAN):
        messages.error(request, _("Only a planner may ask for runs."))
        return redirect("admin:desk_run_frontier", run.pk)
    by, now = request.user, clock.now()
    by_code = {row.code: row for row in lines}
    chosen = request.POST.getlist("lines")
    curve = request.POST.get("curve", "")
    address = reverse("admin:desk_run_frontier", args=[run.pk])
    done = _("Asked for. The runs are solved one after the other; you may leave.")
    if curve in by_code:
        attempt(
            request,
            lambda: budget_trials.ask_levels(run, by_code[curve], by=by, now=now),
            done,
        )
        return redirect(f"{address}?{urlencode({'line': curve})}")
    wanted = [by_code[key] for key in chosen if key in by_code]
    written = request.POST.get("amount", "")
    try:  # a share is one of what each line has
        more_of(written, 0, money=True)
        more = {
            line.pk: rupiah_to_units(
                more_of(written, units_to_rupiah(line.upper), money=True)
            )
            for line in wanted
        }
    except ValueError:
        messages.error(
            request, _("Write an amount, such as 2 billion, +500 million or 500000000.")
        )
        return redirect(address)
    attempt(
        request,
        lambda: budget_trials.ask_more(run, wanted, more=more, by=by, now=now),
        " ".join([*(echo(line, more[line.pk]) for line in wanted), done]),
    )
    return redirect(address)


def echo(line, more):
    """Return a budget as it is and as it would be."""
    units = line.upper, line.upper + more
    both = (formats.rupiah(units_to_rupiah(each)) for each in units)
    return f"{line.label}: {formats.before_after(*both)}."
