"""What if: asked on a page of a plan, answered by a worker."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.allocation.decisions import what_ifs
from planner.desk.pages import attempt, needs, render
from planner.desk.parts.runs import find_plan
from planner.desk.what_ifs.context import limits_of, told
from planner.models import LimitKind, words
from programs import clock, formats
from programs.amounts import more_of
from programs.costing import rupiah_to_units, units_to_rupiah
from programs.models import Application, Slot
from programs.roles import Permission


@needs(Permission.VIEW_ALL)
def page(request, run_id):
    """Show what was asked and answered; a planner asks."""
    run = find_plan(request, run_id)
    if request.method == "POST":
        return _ask(request, run)
    return render(
        request,
        "desk/what_ifs/page.html",
        title=_("What if? Run %(number)s") % {"number": run.number},
        run=run,
        limits=limits_of(run),
        slots=Slot.objects.filter(intake__in=run.intakes.all()).order_by("code"),
        application=_application(request, run, request.GET.get("application", "")),
        wanted=request.GET.get("slot", ""),
        may_plan=request.user.allows(Permission.PLAN),
        **_answers(run),
    )


@require_GET
@needs(Permission.VIEW_ALL)
def answers(request, run_id):
    """Answer the page's question: what is known by now?"""
    run = find_plan(request, run_id)
    told = _answers(run)
    if not told["is_solving"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "desk/what_ifs/answers.html", {"run": run, **told})


def _answers(run):
    rows = told(run.what_ifs.filter(is_standing=False).order_by("-created_at", "pk"))
    return {"rows": rows, "is_solving": any(each["row"].is_open for each in rows)}


def _application(request, run, pk):
    """Return the person asked about, or None where none is named."""
    if not pk:
        return None
    hidden = ("participant__nik", "participant__passport", "participant__disability")
    rows = Application.objects.visible_to(request.user).select_related("participant")
    rows = rows.filter(intake__in=run.intakes.all()).defer(*hidden)
    return get_object_or_404(rows, pk=pk)


def _ask(request, run):
    """Call the verb with what was written; say what cannot be read."""
    again = redirect("admin:desk_run_what_if", run.pk)
    try:
        asked = _asked(request, run)
    except ValueError:
        messages.error(
            request,
            _("Write how much more: a whole number, +10%, 2 billion or 500000000."),
        )
        return again
    attempt(
        request,
        lambda: what_ifs.ask(run=run, by=request.user, now=clock.now(), **asked),
        lambda _row: asked_for(asked),
    )
    return again


def _asked(request, run):
    """Return the arguments of the verb; money becomes planning units."""
    told = request.POST
    asked = {"application": _application(request, run, told.get("application", ""))}
    if asked["application"]:
        slots = Slot.objects.filter(intake__in=run.intakes.all())
        asked["slot"] = slots.named([told.get("slot", "")]).first()
    if told.get("limit"):
        asked["limit"] = get_object_or_404(run.prices, pk=told["limit"])
        asked["amount"] = amount_of(asked["limit"], told.get("amount", ""))
    return asked


def amount_of(limit, text):
    """Return by how much a limit is raised, money in planning units.

    Raises
    ------
    ValueError: the text is no raise of it.
    """
    before = limit.upper or 0
    if limit.kind != LimitKind.BUDGET:
        return more_of(text, before, money=False)
    return rupiah_to_units(more_of(text, units_to_rupiah(before), money=True))


def asked_for(asked):
    """Return that it was asked for, with a limit as it is and as it would be."""
    told = _("Asked for. It is solved in the background; you may leave.")
    limit = asked.get("limit")
    if limit is None or limit.upper is None:
        return told
    after = limit.upper + asked["amount"]
    shown = formats.number
    if limit.kind == LimitKind.BUDGET:
        shown = words.rupiah
    return f"{limit.label}: {shown(limit.upper)} → {shown(after)}. {told}"
