"""Why not my province? Provinces and quotas of a run, and each group by itself."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.charts.provinces import provinces
from planner.desk.groups.context import (
    everybody,
    group_of,
    of_province,
    of_quota,
    unplaced_of,
)
from planner.desk.pages import VIEWERS, needs, paginate, render
from planner.desk.parts.groups import provinces_of
from planner.desk.parts.limits import told_quotas
from planner.desk.parts.runs import find_plan
from planner.models import LimitKind
from programs.choices import QuotaMeasure
from programs.domain import conditions
from programs.models import Quota, Region

HIDDEN = (
    "application__participant__nik",
    "application__participant__passport",
    "application__participant__disability",
)


@require_GET
@needs(*VIEWERS)
def index(request, run_id):
    """Show every province and quota beside everybody."""
    run = find_plan(request, run_id)
    quotas = run.prices.filter(kind=LimitKind.QUOTA)
    rows = provinces_of(run, request.user)
    return render(
        request,
        "desk/groups/list.html",
        title=_("Run %(number)s: who was placed, by province and quota")
        % {"number": run.number},
        run=run,
        everybody=everybody(run),
        provinces=rows,
        chart=provinces(rows),
        quotas=told_quotas(quotas),
    )


@require_GET
@needs(*VIEWERS)
def province(request, run_id, code):
    """Answer for the people of one province; "none" are people from abroad."""
    code = "" if code == "none" else code
    region = get_object_or_404(Region.objects.provinces(), pk=code) if code else None
    name = region.name if region else _("outside Indonesia")
    return _group(request, find_plan(request, run_id), name, of_province(code))


@require_GET
@needs(*VIEWERS)
def quota(request, run_id, code):
    """Answer for the people whom one quota of the run counts."""
    row = get_object_or_404(Quota.objects.select_related("region_list"), code=code)
    run = find_plan(request, run_id)
    counts_people = row.measure != QuotaMeasure.DIFFERENT
    member = of_quota(row, run) if counts_people else None
    return _group(request, run, row.name, member, quota=row)


def _group(request, run, name, member, quota=None):
    limit = quota and get_object_or_404(
        run.prices, kind=LimitKind.QUOTA, code=quota.code
    )
    page = None
    if member is not None:
        page = paginate(
            request,
            unplaced_of(run, member, request.user)
            .select_related("application__participant__province")
            .defer(*HIDDEN)
            .order_by("main_reason", "application__participant__code"),
        )
    return render(
        request,
        "desk/groups/page.html",
        title=_("Why? %(group)s, run %(number)s")
        % {"group": name, "number": run.number},
        run=run,
        name=name,
        quota=told_quotas([limit])[0] if limit else None,
        counted=conditions.said([quota.condition]) if quota else {},
        group=group_of(run, member, request.user) if member is not None else None,
        everybody=everybody(run),
        page=page,
    )
