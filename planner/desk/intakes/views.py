"""Intakes: is this one ready to plan?"""

from django.db.models import Count, Q, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planner.desk.intakes.fit import RULES, Stopped, fit_of
from planner.desk.intakes.readiness import readiness_of
from planner.desk.pages import VIEWERS, attempt, needs, paginate, render
from planner.models import AllocationRun
from programs import clock
from programs.choices import LIVE_PLACEMENT_STATES, ApplicationState, IntakeState
from programs.days import day_of
from programs.domain import judging
from programs.eligibility.labels import rule_label
from programs.models import Intake, Placement, Slot
from programs.roles import Permission

JUDGED = (IntakeState.CLOSED, IntakeState.ALLOCATING)
OVER = (IntakeState.COMPLETED, IntakeState.CANCELLED)
HELPERS = (Permission.MANAGE_PROGRAMS, Permission.MANAGE_MONEY)
JUDGES = (Permission.MANAGE_PROGRAMS, Permission.PLAN)


def find(request, intake_id):
    """Return an intake the reader may see, or answer as if it did not exist."""
    intakes = Intake.objects.visible_to(request.user).select_related("program__owner")
    return get_object_or_404(intakes, pk=intake_id)


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
    intake = find(request, intake_id)
    runs = AllocationRun.objects.visible_to(request.user).filter(intakes=intake)
    runs = runs.select_related("scenario", "created_by").prefetch_related("intakes")
    return render(
        request,
        "desk/intakes/page.html",
        title=f"{intake.program} – {intake.code}",
        intake=intake,
        runs=runs.select_related("scenario", "created_by").prefetch_related("intakes")[
            :5
        ],
        may_plan=request.user.allows(Permission.PLAN) and intake.state in JUDGED,
        may_set_up=intake.state not in OVER
        and any(request.user.allows(permission) for permission in HELPERS),
        may_judge=intake.state in JUDGED
        and any(request.user.allows(permission) for permission in JUDGES),
        **readiness_of(intake),
    )


@require_GET
@needs(*VIEWERS)
def fit(request, intake_id):
    """Answer who fits where; apart from the page, because judging many takes long."""
    intake = find(request, intake_id)
    context = {
        "intake": intake,
        "fit": fit_of(intake, on=day_of(clock.now(), intake)),
    }
    return TemplateResponse(request, "desk/intakes/fit.html", context)


@require_GET
@needs(*VIEWERS)
def unfit(request, intake_id, rule):
    """Show whom a rule stops, and with which words."""
    if rule not in RULES:
        raise Http404
    intake = find(request, intake_id)
    stopped = Stopped(intake, rule, on=day_of(clock.now(), intake))
    return render(
        request,
        "desk/intakes/unfit.html",
        title=_("Kept out by a rule: %(rule)s") % {"rule": rule_label(rule)},
        intake=intake,
        page=paginate(request, stopped),
        is_secret=stopped.is_secret,
    )


@require_POST
@needs(*JUDGES)
def mark(request, intake_id):
    """Mark each undecided application eligible or ineligible."""
    intake = find(request, intake_id)
    attempt(
        request,
        lambda: judging.judge(intake=intake, by=request.user, now=clock.now()),
        lambda counts: (
            _("%(yes)s people are eligible, %(no)s are not.")
            % {"yes": counts["eligible"], "no": counts["ineligible"]}
        ),
    )
    return redirect("admin:desk_intake", intake.pk)
