"""A plan made by hand: brought on a page of a run and shown beside its plan."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.allocation.review.by_hand.rows import COLUMNS, planned_for
from planner.allocation.review.by_hand.verb import compare
from planner.desk.by_hand.context import told
from planner.desk.by_hand.forms import HandPlanForm
from planner.desk.pages import attempt, needs, render
from planner.desk.parts.runs import find_plan
from programs import clock
from programs.admin.downloads import send_list
from programs.roles import Permission


@needs(Permission.VIEW_ALL)
def page(request, run_id):
    """Take a file of people and slots, and show it beside the plan of the run."""
    run = find_plan(request, run_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = HandPlanForm(*sent)
    shown = {}
    if form.is_valid():
        content = form.cleaned_data["file"].read()
        comparison = attempt(
            request,
            lambda: compare(run, content, by=request.user, now=clock.now()),
            _("The file was read and compared. Nothing is decided by it."),
        )
        shown = told(comparison, request.user) if comparison else {}
    return render(
        request,
        "desk/by_hand/page.html",
        title=_("A plan made by hand, and run %(number)s") % {"number": run.number},
        run=run,
        form=form,
        **shown,
    )


@require_GET
@needs(Permission.VIEW_ALL)
def ours(request, run_id, file_format):
    """Send the plan of the run as such a file: to be changed by hand and brought."""
    run = find_plan(request, run_id)
    given = defaultdict(list)
    places = run.proposals.order_by("application_id", "step")
    for row in places.select_related("slot__host"):
        given[row.application_id].append(row.slot.full_code)
    rows = [
        [person.code, person.registered_by, person.intake, slot]
        for pk, person in planned_for(run).items()
        for slot in given.get(pk, [""])
    ]
    return send_list(
        request, f"run-{run.number}-by-hand", list(COLUMNS), rows, file_format
    )
