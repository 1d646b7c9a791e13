"""Runs: the list, one being solved, and the plan it found."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.pages import VIEWERS, needs, paginate, render
from planner.desk.parts.fairness import fairness_of
from planner.desk.parts.losses import losses_of
from planner.desk.parts.runs import find
from planner.desk.runs.conflict import conflict_of
from planner.desk.runs.progress import progress_of
from planner.desk.runs.review import review_of
from planner.models import AllocationRun, RunState
from planner.models.quality import quality
from planner.models.states import ACTIVE
from programs import clock
from programs.roles import Permission


@needs(*VIEWERS)
def index(request):
    """List runs, newest first."""
    runs = (
        AllocationRun.objects.visible_to(request.user)
        .select_related("scenario", "created_by")
        .prefetch_related("intakes")
    )
    wanted = request.GET.get("state", "")
    if wanted == RunState.RUNNING:
        runs = runs.filter(state__in=ACTIVE)
    elif wanted in RunState.values:
        runs = runs.filter(state=wanted)
    return render(
        request,
        "desk/runs/list.html",
        title=_("Runs"),
        page=paginate(request, runs),
        states=RunState.choices,
        wanted=wanted,
        may_plan=request.user.allows(Permission.PLAN),
        may_tell=request.user.allows(Permission.MANAGE_PROGRAMS),
        may_compare=request.user.allows(Permission.VIEW_ALL),
    )


@require_GET
@needs(*VIEWERS)
def page(request, run_id):
    """Show a run: live while it is being solved, its plan afterwards."""
    run = find(request, run_id)
    title = _("Run %(number)s") % {"number": run.number}
    if run.state in ACTIVE:
        context = {"progress": progress_of(run, now=clock.now())}
        template = "desk/runs/live.html"
    elif run.has_plan:
        context = {
            **review_of(run, request.user),
            **losses_of(run, request.user),
            **fairness_of(run),
        }
        template = "desk/runs/review.html"
    else:
        context = {
            "conflict": conflict_of(run, request.user),
            "proof": quality(run) if run.state == RunState.INFEASIBLE else None,
        }
        template = "desk/runs/without_plan.html"
    return render(
        request,
        template,
        title=title,
        run=run,
        own_intakes=set(
            run.intakes.visible_to(request.user).values_list("pk", flat=True)
        ),
        may_plan=request.user.allows(Permission.PLAN),
        may_tell=request.user.allows(Permission.MANAGE_PROGRAMS),
        may_approve=request.user.allows(Permission.APPROVE),
        may_compare=request.user.allows(Permission.VIEW_ALL),
        **context,
    )


@require_GET
@needs(*VIEWERS)
def progress(request, run_id):
    """Answer the live page's question: how far is it?"""
    run = find(request, run_id)
    if run.state not in ACTIVE:
        # The page shows another thing now: let the browser load it anew.
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"run": run, "progress": progress_of(run, now=clock.now())}
    return TemplateResponse(request, "desk/runs/progress.html", context)
