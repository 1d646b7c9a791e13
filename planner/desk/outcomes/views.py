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
from programs.domain.states import batches
from programs.models import Application, Preference, Region, Slot
from programs.roles import Permission

OUTCOMES = ("placed", "reserve", "unplaced")
HIDDEN = (
    "application__participant__nik",
    "application__participant__passport",
    "application__participant__disability",
)


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
    rows = list(
        rows.select_related(
            "application__participant__home_institution", "application__nominated_by"
        )
    )
    wishes = wishes_of(rows)
    table = [[*who(row, wishes), *cells(row)] for row in rows]
    name = f"run-{run.number}-{outcome}"
    headings = [*map(str, PERSON), *map(str, columns)]
    return send_list(request, name, headings, table, file_format)


PERSON = (
    gettext_lazy("Code"),
    gettext_lazy("Name"),
    gettext_lazy("Sex"),
    gettext_lazy("Province"),
    gettext_lazy("Home institution"),
    gettext_lazy("Nominated by"),
    gettext_lazy("KKNI"),
    gettext_lazy("Field of study"),
    gettext_lazy("Intake"),
    gettext_lazy("Merit"),
    gettext_lazy("Preference"),
    gettext_lazy("State of the application"),
)
"""What a meeting asks of somebody, whatever came of it."""


def who(row, wishes):
    """Return the cells of ``PERSON``; the rank is that of the place of the row."""
    application = row.application
    person, slot = application.participant, getattr(row, "slot_id", None)
    pathway = getattr(row, "pathway_id", None)
    return [
        person.code,
        person.full_name,
        person.get_sex_display(),
        str(person.province or ""),
        str(person.home_institution),
        str(application.nominated_by or ""),
        person.kkni,
        person.isced_f,
        application.intake.code,
        application.merit_score,
        wishes.get((application.pk, pathway or slot)),
        application.get_state_display(),
    ]


def wishes_of(rows):
    """Return {(application, slot or pathway): rank} of the wishes of the rows."""
    found = {}
    for some in batches([row.application_id for row in rows]):
        wishes = Preference.objects.filter(application__in=some)
        for pk, slot, pathway, rank in wishes.values_list(
            "application", "slot", "pathway", "rank"
        ):
            found[pk, pathway or slot] = rank
    return found


COLUMNS = {
    "placed": (
        (gettext_lazy("Slot"), gettext_lazy("Host"), gettext_lazy("Cost (rupiah)")),
        lambda row: [row.slot.name, row.slot.host.name, units_to_rupiah(row.units)],
    ),
    "reserve": (
        (gettext_lazy("Slot"), gettext_lazy("Host"), gettext_lazy("Position")),
        lambda row: [row.slot.name, row.slot.host.name, row.position],
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
        rows = rows.filter(slot__in=Slot.objects.named([asked["slot"]]))
    if asked.get("reason") and outcome == "unplaced":
        rows = rows.filter(main_reason=asked["reason"])
    if asked.get("province"):
        rows = rows.filter(application__participant__province=asked["province"])
    for word in asked.get("q", "").split():
        rows = rows.filter(
            Q(application__participant__code__folds=word)
            | Q(application__participant__given_name__folds=word)
            | Q(application__participant__family_name__folds=word)
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
        applications.defer(
            "participant__nik", "participant__passport", "participant__disability"
        ),
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
