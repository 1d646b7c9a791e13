"""The home page: what waits, the calendar of intakes, four numbers."""

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from planner.desk.charts.calendar import calendar
from planner.desk.home.money import money
from planner.desk.home.tour import tour
from planner.desk.home.worklist import worklist
from planner.desk.pages import is_officer
from planner.desk.parts.clock import clock_of
from planner.models import LimitKind, LimitPrice, RunState
from programs import clock
from programs.choices import LIVE_PLACEMENT_STATES, IntakeState, SlotState
from programs.days import day_of
from programs.models import Intake, Placement, Slot
from programs.roles import ROLES, Permission, Role

CURRENT = (
    IntakeState.OPEN,
    IntakeState.CLOSED,
    IntakeState.ALLOCATING,
    IntakeState.DECIDED,
    IntakeState.RUNNING,
)


def home_context(user):
    """Return what the home page shows this reader."""
    now = clock.now()
    today = day_of(now)
    intakes = list(
        Intake.objects.visible_to(user)
        .filter(state__in=CURRENT)
        .select_related("program")
        .order_by("decide_by", "code")
    )
    return {
        **clock_of(user),
        "work": worklist(user, now=now),
        "tour": tour(user),
        "may_start": user.allows(Permission.MANAGE_PROGRAMS),
        "calendar": calendar(intakes, today=today),
        # Partners look at dates; readiness and runs are the officers' business.
        "intake_page": "admin:desk_intake"
        if is_officer(user)
        else "admin:programs_intake_change",
        "tiles": [tile for tile in _tiles(user, intakes, today) if tile],
        "roles_in_words": [
            (Role(role).label, ROLES[Role(role)].description)
            for role in sorted(user.roles)
        ],
    }


def _tiles(user, intakes, today):
    yield _people(user, intakes)
    if is_officer(user):
        yield money(user, intakes, today)
        yield _quotas(user, intakes)
    yield _days(intakes, today)


def _people(user, intakes):
    slots = Slot.objects.visible_to(user).filter(
        intake__in=intakes, state=SlotState.OPEN
    )
    if not is_officer(user):
        slots = slots.filter(host__in=user.institution_ids())
    seats = slots.aggregate(seats=Sum("capacity_max"))["seats"] or 0
    placed = Placement.objects.visible_to(user).filter(
        slot__intake__in=intakes, state__in=LIVE_PLACEMENT_STATES
    )
    return {
        "kind": "people",
        "title": _("Placed / seats") if is_officer(user) else _("People / own seats"),
        "value": placed.count(),
        "total": seats,
        "link": reverse("admin:programs_placement_changelist"),
    }


def _quotas(user, intakes):
    quotas = list(
        LimitPrice.objects.visible_to(user)
        .filter(
            kind=LimitKind.QUOTA,
            run__state=RunState.PUBLISHED,
            run__intakes__in=intakes,
        )
        .distinct()
    )
    if not quotas:
        note = _("no plan is published yet")
        return {"kind": "people", "title": _("Quotas met"), "note": note}
    met = sum(not quota.is_missed for quota in quotas)
    return {
        "kind": "people" if met == len(quotas) else "warn",
        "title": _("Quotas met"),
        "value": met,
        "total": len(quotas),
        "link": reverse("admin:programs_quota_changelist"),
    }


def _days(intakes, today):
    ahead = [
        intake
        for intake in intakes
        if intake.state
        in {IntakeState.OPEN, IntakeState.CLOSED, IntakeState.ALLOCATING}
        and intake.decide_by >= today
    ]
    if not ahead:
        note = _("no decision is due")
        return {"kind": "people", "title": _("Days to the next decision"), "note": note}
    first = min(ahead, key=lambda intake: intake.decide_by)
    days = (first.decide_by - today).days
    return {
        "kind": "warn" if days <= 14 else "people",
        "title": _("Days to the next decision"),
        "value": days,
        "note": first.code,
        "link": reverse("admin:programs_intake_change", args=[first.pk]),
    }
