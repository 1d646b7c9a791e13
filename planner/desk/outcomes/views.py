"""The people of a run: who goes where, who waits, who has no place, and why."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from planner.desk.outcomes.context import explanation_of
from planner.desk.pages import VIEWERS, needs, paginate, render
from planner.desk.parts.plan import reasons_of
from planner.desk.parts.runs import find
from programs.admin.downloads import send_list
from programs.costing import units_to_rupiah
from programs.models import Application, Region, Slot
from programs.roles import Permission

OUTCOMES = ("placed", "reserve", "unplaced")
HIDDEN = ("application__participant__nik", "application__participant__disability")


@require_GET
@needs(*VIEWERS)
def index(request, run_id):
    """List the people of a run, by outcome, slot, province, reason or name."""
    run = find(request, run_id)
    outcome, rows = _asked(request, run)
    return render(
        request,
        "desk/outcomes/list.html",
        title=_("Run %(number)s: people") % {"number": run.number},
        run=run,
        outcome=outcome,
        page=paginate(request, rows),
        slots=Slot.objects.filter(intake__in=run.intakes.all()),
        provinces=Region.objects.provinces(),
        reasons=reasons_of(run),
        asked=request.GET,
    )


def _asked(request, run):
    """Return the outcome asked for, and the rows narrowed to what was asked."""
    outcome = request.GET.get("outcome", "placed")
    if outcome not in OUTCOMES:
        raise Http404
    rows = {
        "placed": run.proposals.select_related("slot__host", "pathway"),
        "reserve": run.reserves.select_related("slot__host"),
        "unplaced": run.unplaced.all(),
    }[outcome]
    rows = (
        rows.visible_to(request.user)
        .select_related(
            "application__participant__province", "application__intake__program"
        )
        .defer(*HIDDEN)
    )
    return outcome, filtered(rows, request.GET, outcome)


@require_GET
@needs(*VIEWERS)
def download(request, run_id, file_format):
    """Send the people of a run as they are filtered."""
    run = find(request, run_id)
    outcome, rows = _asked(request, run)
    columns, cells = COLUMNS[outcome]
    person = [_("Code"), _("Name"), _("Province"), _("Intake")]
    table = [
        [
            row.application.participant.code,
            row.application.participant.full_name,
            str(row.application.participant.province or ""),
            row.application.intake.code,
            *cells(row),
        ]
        for row in rows
    ]
    name = f"run-{run.number}-{outcome}"
    headings = [*person, *map(str, columns)]
    return send_list(request, name, headings, table, file_format)


COLUMNS = {
    "placed": (
        (gettext_lazy("Slot"), gettext_lazy("Host"), gettext_lazy("Cost (rupiah)")),
        lambda row: [row.slot.code, row.slot.host.name, units_to_rupiah(row.units)],
    ),
    "reserve": (
        (gettext_lazy("Slot"), gettext_lazy("Host"), gettext_lazy("Position")),
        lambda row: [row.slot.code, row.slot.host.name, row.position],
    ),
    "unplaced": (
        (gettext_lazy("Main reason"), gettext_lazy("In words")),
        lambda row: [row.main_reason_label, " ".join(row.for_planner())],
    ),
}
"""What a file says of people by their outcome, behind who they are."""


def filtered(rows, asked, outcome):
    """Narrow the rows to what was asked for."""
    if asked.get("slot") and outcome != "unplaced":
        rows = rows.filter(slot__code=asked["slot"])
    if asked.get("reason") and outcome == "unplaced":
        rows = rows.filter(main_reason=asked["reason"])
    if asked.get("province"):
        rows = rows.filter(application__participant__province=asked["province"])
    for word in asked.get("q", "").split():
        rows = rows.filter(
            Q(application__participant__code__icontains=word)
            | Q(application__participant__given_name__icontains=word)
            | Q(application__participant__family_name__icontains=word)
        )
    return rows


@require_GET
@needs(*VIEWERS)
def person(request, run_id, application_id):
    """Explain one person's outcome to planners, or print it for the person."""
    run = find(request, run_id)
    applications = Application.objects.visible_to(request.user).select_related(
        "participant__province", "participant__home_institution", "intake__program"
    )
    application = get_object_or_404(
        applications.defer("participant__nik", "participant__disability"),
        pk=application_id,
        intake__in=run.intakes.all(),
    )
    context = {
        "run": run,
        "application": application,
        "may_ask": run.has_plan and request.user.allows(Permission.VIEW_ALL),
        **explanation_of(run, application),
    }
    if request.GET.get("for") == "participant":
        # A page of its own, without the desk around it: it is printed or sent.
        return TemplateResponse(request, "desk/outcomes/letter.html", context)
    title = _("Why? %(person)s") % {"person": application.participant}
    return render(request, "desk/outcomes/person.html", title=title, **context)
