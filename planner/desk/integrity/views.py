"""For auditors: is everything whole, and the decision pack of a run."""

import tempfile
from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planner import ticks
from planner.allocation.results import pack
from planner.desk.integrity.context import recompute
from planner.desk.pages import attempt, needs, render
from planner.desk.parts.clock import clock_of
from planner.desk.parts.runs import find_plan
from planner.management.report import as_text
from programs import clock
from programs.audit_actions import AuditAction
from programs.domain import audit
from programs.models import AuditEvent, ChainHead
from programs.roles import Permission


@needs(Permission.VIEW_ALL)
def integrity(request):
    """Say what is promised; recompute all of it when somebody asks."""
    asked = request.method == "POST"
    return render(
        request,
        "desk/integrity/page.html",
        title=_("Is everything whole?"),
        num_entries=AuditEvent.objects.count(),
        head=ChainHead.objects.first(),
        recount=recompute(now=clock.now()) if asked else None,
        **clock_of(request.user),
    )


@require_POST
@needs(*ticks.CONFIRMERS)
def confirm_clock(request):
    """Believe the clock again; what is due by it goes on."""
    attempt(
        request,
        lambda: ticks.confirm(by=request.user, now=clock.now()),
        _("The clock is confirmed; what is due goes on within seconds."),
    )
    return redirect("admin:index")


@require_GET
@needs(Permission.VIEW_ALL)
def decision_pack(request, run_id):
    """Send problem, plan, proof and decisions of a run, to be checked elsewhere."""
    run = find_plan(request, run_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.zip"
        digest = pack.write(run, path, summarise=as_text)
        content = path.read_bytes()
    audit.record(
        by=request.user,
        action=AuditAction.RUNS_EXPORT_PACK,
        obj=run,
        data={"sha256": digest},
        now=clock.now(),
    )
    name = f"run-{run.number}.zip"
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
