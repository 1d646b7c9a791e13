"""A base table brought as a file: one quota a province, each an exact share."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET

from planner.desk.pages import attempt, needs, render
from programs import clock
from programs.admin.downloads import send_list
from programs.choices import RegionLevel
from programs.domain import quota_tables
from programs.models import Intake, Region
from programs.roles import Permission
from programs.transfer import base_tables

from .forms import BaseTableForm


@needs(Permission.MANAGE_PROGRAMS)
def page(request):
    """Take a table of provinces and people, and make its quotas."""
    intakes = Intake.objects.visible_to(request.user).select_related("program")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BaseTableForm(*sent, intakes=intakes.order_by("code"))
    if form.is_valid() and attempt(request, lambda: _bring(request, form), _done):
        return redirect("admin:programs_quota_changelist")
    return render(
        request, "desk/shares/page.html", title=_("Quotas by a table"), form=form
    )


def _bring(request, form):
    data = dict(form.cleaned_data)
    content = data.pop("file").read()
    rows = base_tables.read(content, by=request.user)
    return quota_tables.bring(**data, rows=rows, by=request.user, now=clock.now())


def _done(quotas):
    return ngettext(
        "%(count)d quota shares the places out by the table.",
        "%(count)d quotas share the places out by the table.",
        len(quotas),
    ) % {"count": len(quotas)}


@require_GET
@needs(Permission.MANAGE_PROGRAMS)
def template(request, file_format):
    """Send the table with every province, to be filled in."""
    provinces = Region.objects.filter(level=RegionLevel.PROVINCE)
    rows = [
        [row.kemendagri_code, row.bps_code or "", ""]
        for row in provinces.order_by("kemendagri_code")
    ]
    header = list(base_tables.COLUMNS)
    return send_list(request, "base-table", header, rows, file_format)
