"""Intakes: is this one ready to plan?"""

from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.pages import VIEWERS, needs, render
from planner.desk.readiness import readiness_of
from planner.models import AllocationRun
from programs.choices import LIVE_PLACEMENT_STATES, ApplicationState, IntakeState
from programs.models import Intake, Placement, Slot
from programs.roles import Permission


@require_GET
@needs(*VIEWERS)
def index(request):
    """List intakes with their people and seats."""
    sent = ~Q(applications__state=ApplicationState.DRAFT)
    intakes = list(
        Intake.objects.visible_to(request.user)
        .select_related("program")
        .annotate(people=Count("applications", filter=sent))
        .order_by("decide_by", "code")
    )
    seats = _totals(
        Slot.objects.open().filter(intake__in=intakes).values_list("intake"),
        Sum("capacity_max"),
    )
    placed = _totals(
        Placement.objects.filter(
            slot__intake__in=intakes, state__in=LIVE_PLACEMENT_STATES
        ).values_list("slot__intake"),
        Count("pk"),
    )
    rows = [
        {
            "intake": intake,
            "people": intake.people,
            "seats": seats.get(intake.pk, 0),
            "placed": placed.get(intake.pk, 0),
        }
        for intake in intakes
    ]
    return render(request, "desk/intakes/list.html", title=_("Intakes"), rows=rows)


def _totals(rows, total):
    return dict(rows.annotate(total=total).order_by())


@require_GET
@needs(*VIEWERS)
def page(request, intake_id):
    """Show whether an intake is ready to plan, and what to mend first."""
    intakes = Intake.objects.visible_to(request.user).select_related("program__owner")
    intake = get_object_or_404(intakes, pk=intake_id)
    runs = AllocationRun.objects.visible_to(request.user).filter(intakes=intake)
    return render(
        request,
        "desk/intakes/page.html",
        title=f"{intake.program} – {intake.code}",
        intake=intake,
        runs=runs.select_related("scenario", "created_by")[:5],
        may_plan=request.user.allows(Permission.PLAN)
        and intake.state in {IntakeState.CLOSED, IntakeState.ALLOCATING},
        **readiness_of(intake),
    )
