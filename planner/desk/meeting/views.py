"""What is taken to a meeting: a plan or two on two pages, and as a workbook."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.meeting.context import comparison_of, report_of
from planner.desk.pages import VIEWERS, needs
from planner.desk.parts.runs import chosen, find_plan
from planner.paper.report import pdf
from planner.paper.workbook import xlsx
from programs import clock
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.roles import Permission
from programs.transfer import TYPES

MADE = {"pdf": (pdf, "application/pdf"), "xlsx": (xlsx, TYPES["xlsx"])}
"""How each format is written, and what it is called."""


@require_GET
@needs(*VIEWERS)
def plan(request, run_id, paper):
    """Send one plan as a report."""
    run = find_plan(request, run_id)
    report = report_of(run, request.user, clock.now())
    return send(request, report, f"run-{run.number}", paper)


@require_GET
@needs(Permission.VIEW_ALL)
def comparison(request, paper):
    """Send two plans side by side as a report."""
    runs = chosen(request)
    if len(runs) != 2:
        messages.warning(request, _("Choose exactly two runs that have a plan."))
        return redirect("admin:desk_runs")
    before, after = runs
    report = comparison_of(before, after, clock.now())
    return send(request, report, f"run-{before.number}-{after.number}", paper)


def send(request, report, name, paper):
    """Answer with a report as a file, and note who took it away."""
    audit.record(
        by=request.user,
        action=AuditAction.DESK_EXPORT,
        obj=request.user,
        data={"list": f"{name}.{paper}"},
        now=clock.now(),
    )
    write, kind = MADE[paper]
    return HttpResponse(
        write(report),
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{paper}"',
            "Cache-Control": "no-store",
        },
    )
