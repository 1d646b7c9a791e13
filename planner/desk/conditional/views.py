"""Which places are conditional, what do they wait for, and what is due this week?"""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planner.desk.conditional import context
from planner.desk.pages import VIEWERS, attempt, needs, paginate, render
from programs import clock, formats
from programs.days import day_of
from programs.domain import place_conditions
from programs.models import PlaceCondition
from programs.refusals import Refusal
from programs.roles import Permission

READERS = (*VIEWERS, Permission.VIEW_OWN_INSTITUTION)


@require_GET
@needs(*READERS)
def index(request):
    """List what places wait for, of one intake or of this week where asked for."""
    rows, now = context.open_to(request.user), clock.now()
    intakes = list(context.intakes_of(rows))
    wanted = request.GET.get("intake", "")
    counts = context.counts_of(rows, now)
    if wanted:
        try:
            rows = rows.filter(placement__slot__intake=wanted)
        except ValidationError as error:  # an id that is none
            raise Http404 from error
    this_week = request.GET.get("due") == "week"
    if this_week:
        rows = rows.filter(due_on__lte=day_of(now + context.WEEK))
    page = paginate(request, context.listed(rows))
    page.object_list = context.told(page.object_list, request.user, now)
    return render(
        request,
        "desk/conditional/page.html",
        title=_("Conditional places"),
        page=page,
        counts=counts,
        intakes=intakes,
        wanted=wanted,
        this_week=this_week,
    )


@require_POST
@needs(Permission.MANAGE_PROGRAMS)
def decide(request, condition_id):
    """Give more time for something, or ask for it no longer."""
    rows = context.listed(PlaceCondition.objects.visible_to(request.user))
    condition = get_object_or_404(rows, pk=condition_id)
    stamp = {
        "condition": condition,
        "reason": request.POST.get("reason", ""),
        "by": request.user,
        "now": clock.now(),
    }
    if "waive" in request.POST:
        attempt(
            request,
            lambda: place_conditions.waive(**stamp),
            _("The place no longer waits for it."),
        )
    else:
        attempt(
            request,
            lambda: place_conditions.extend(due_on=_day(request), **stamp),
            lambda row: (
                _("The place waits until %(day)s.") % {"day": formats.day(row.due_on)}
            ),
        )
    return redirect("admin:desk_conditional")


def _day(request):
    try:
        day = parse_date(request.POST.get("due_on", ""))
    except ValueError:
        day = None
    if day is None:
        raise Refusal("condition-day", _("Say until which day."), field="due_on")
    return day
