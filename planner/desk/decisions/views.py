"""What people decide about a run: ask, stop, submit, approve, return, publish.

Each page says what will happen and to how many, and then calls one verb.
"""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planner.allocation.decisions.approve import approve, needed
from planner.allocation.decisions.cancel import cancel
from planner.allocation.decisions.publish import publish
from planner.allocation.decisions.reject import reject
from planner.allocation.decisions.replan import replan
from planner.allocation.decisions.request import allocate
from planner.allocation.decisions.submit import submit
from planner.desk.decisions.context import (
    approval_of,
    effects_of,
    promises_of,
    siblings_of,
)
from planner.desk.decisions.forms import CommentForm, ReplanForm, RunForm
from planner.desk.pages import attempt, needs, render
from planner.desk.parts.phases import ending_of
from planner.desk.parts.runs import find
from planner.models import RunState
from planner.signing import ask_for_factor, lacks_factor
from programs import clock
from programs.roles import Permission


@needs(Permission.PLAN)
def new(request):
    """Ask for a run."""
    form = RunForm(
        request.POST or None,
        user=request.user,
        initial={
            "intakes": request.GET.getlist("intake"),
            "scenario": request.GET.get("scenario"),
        },
    )
    if request.method == "POST" and form.is_valid():
        run = attempt(
            request,
            lambda: allocate(**form.limits(), by=request.user, now=clock.now()),
            _("The run is queued. You may leave this page; the run goes on."),
        )
        if run is not None:
            return redirect("admin:desk_run", run.pk)
    return render(request, "desk/decisions/new.html", title=_("New run"), form=form)


@require_POST
@needs(Permission.PLAN)
def stop(request, run_id):
    """Stop a run and keep the best plan it has."""
    run = find(request, run_id)
    attempt(
        request,
        lambda: cancel(run, by=request.user, now=clock.now()),
        _("The run was asked to stop; it ends within seconds with its best plan."),
    )
    return redirect("admin:desk_run", run.pk)


@needs(Permission.PLAN)
def hand_over(request, run_id):
    """Submit a plan for approval."""
    run = find(request, run_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: submit(run, by=request.user, now=clock.now()),
            _("The plan waits for somebody else's approval."),
        )
        return redirect("admin:desk_run", run.pk)
    return render(
        request,
        "desk/decisions/submit.html",
        title=_("Submit run %(number)s for approval") % {"number": run.number},
        run=run,
        **approval_of(run, request.user),
    )


@needs(Permission.APPROVE)
def judge(request, run_id):
    """Approve a plan, or return it with a comment."""
    run = find(request, run_id)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if "approve" in request.POST and lacks_factor(request):
            back = reverse("admin:desk_run_judge", args=[run.pk])
            return ask_for_factor(request, back)
        answered = _answer(request, run, form.cleaned_data["comment"])
        if answered is not None:
            return redirect("admin:desk_run", run.pk)
    own = request.user.pk in (run.created_by_id, run.submitted_by_id)
    return render(
        request,
        "desk/decisions/judge.html",
        title=_("May I sign this? Run %(number)s") % {"number": run.number},
        run=run,
        form=form,
        is_own=own,
        num_needed=needed(run),
        approvals=run.approvals.select_related("approver", "institution"),
        lacks_factor=lacks_factor(request),
        may_compare=request.user.allows(Permission.VIEW_ALL),
        ending=ending_of(run),
        **siblings_of(run),
        **approval_of(run, request.user),
    )


def _answer(request, run, comment):
    """Call the verb of the button that was pressed."""
    now = clock.now()
    if "approve" in request.POST:
        digest = request.POST.get("digest", "")
        return attempt(
            request,
            lambda: approve(
                run, digest=digest, by=request.user, now=now, comment=comment
            ),
            told_approval,
        )
    return attempt(
        request,
        lambda: reject(run, comment=comment, by=request.user, now=now),
        _("The plan went back to the planners with your comment."),
    )


def told_approval(run):
    """Return what came of an approval."""
    if run.state == RunState.APPROVED:
        return _("You approved the plan; a planner can publish it now.")
    return _("You approved the plan; somebody of another institution has to as well.")


@needs(Permission.PLAN)
def make_binding(request, run_id):
    """Publish an approved plan: proposals become offers."""
    run = find(request, run_id)
    if request.method == "POST" and lacks_factor(request):
        back = reverse("admin:desk_run_publish", args=[run.pk])
        return ask_for_factor(request, back)
    if request.method == "POST":
        attempt(
            request,
            lambda: publish(run, by=request.user, now=clock.now()),
            lambda publication: (
                _("Published: %(count)s offers were made.")
                % {"count": publication.num_placements}
            ),
        )
        return redirect("admin:desk_run", run.pk)
    return render(
        request,
        "desk/decisions/publish.html",
        title=_("Publish run %(number)s") % {"number": run.number},
        run=run,
        effects=effects_of(run),
        **approval_of(run, request.user),
    )


@needs(Permission.PLAN)
def plan_again(request, run_id):
    """Ask for a replanning of what is decided, with a price for each change."""
    run = find(request, run_id)
    form = ReplanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = attempt(
            request,
            lambda: replan(run, by=request.user, now=clock.now(), **form.limits()),
            _("The replanning is queued; nothing changes before it is published."),
        )
        if asked is not None:
            return redirect("admin:desk_run", asked.pk)
    return render(
        request,
        "desk/decisions/replan.html",
        title=_("Replan run %(number)s") % {"number": run.number},
        run=run,
        form=form,
        promises=promises_of(run),
    )
