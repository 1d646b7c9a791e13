"""What happens now? Placements by state, expiring offers, and who is next."""

from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.allocation.vacancies import reserves
from planner.desk.pages import VIEWERS, attempt, needs, paginate, render
from planner.desk.parts.due import due, hosted, sent
from programs import clock
from programs.choices import CHANGING_PLACEMENT_STATES, PlacementState
from programs.days import day_of
from programs.models import Placement, ReserveEntry, Slot
from programs.roles import Permission

READERS = (
    Permission.VIEW_ALL,
    Permission.VIEW_OWN_PROGRAMS,
    Permission.VIEW_OWN_INSTITUTION,
)
SIDES = {"sent": sent, "hosted": hosted}
"""Whose next step is asked for by an address: of people sent, or of people hosted."""
FREED = (
    PlacementState.DECLINED,
    PlacementState.EXPIRED,
    PlacementState.REJECTED,
    PlacementState.LAPSED,
    PlacementState.NO_SHOW,
)


@require_GET
@needs(*READERS)
def index(request):
    """Show placements of one state, with the counts of all."""
    placements = Placement.objects.visible_to(request.user)
    counts = dict(
        placements.values_list("state").annotate(count=Count("pk")).order_by()
    )
    wanted = request.GET.get("state")
    if wanted not in PlacementState.values:
        wanted = next((s for s in PlacementState.values if counts.get(s)), "offered")
    rows = (
        placements.filter(state=wanted)
        .with_due_day()
        .select_related(
            "application__participant", "slot__host", "slot__intake", "slot__route"
        )
        .defer(
            "application__participant__nik",
            "application__participant__passport",
            "application__participant__disability",
        )
        .order_by("expires_at", "slot__code")
    )
    whose = SIDES.get(request.GET.get("due"))
    if whose:
        own = whose(request.user).values("pk")
        rows = due(rows.filter(pk__in=own), wanted, day_of(clock.now()))
    page = paginate(request, rows)
    return render(
        request,
        "desk/placements/page.html",
        title=_("Placements"),
        states=[
            {"value": state, "label": state.label, "count": counts.get(state, 0)}
            for state in PlacementState
        ],
        wanted=wanted,
        only_due=whose is not None,
        shows_next=wanted in FREED,
        changing=CHANGING_PLACEMENT_STATES,
        conditional=placements.conditional().count(),
        page=page,
        may_offer=request.user.allows(Permission.PLAN),
        shows_free=any(request.user.allows(permission) for permission in VIEWERS),
        nexts=next_in_line(page, request.user) if wanted in FREED else {},
    )


@needs(Permission.PLAN)
def move_up(request, slot_id):
    """Show who could take a free place, and offer it to the first who fits."""
    slots = Slot.objects.visible_to(request.user).select_related("host", "intake")
    slot = get_object_or_404(slots, pk=slot_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: reserves.move_up(slot, by=request.user, now=clock.now()),
            lambda placement: (
                _("The place was offered to %(person)s.")
                % {"person": placement.application.participant.full_name}
            ),
        )
        return redirect("admin:desk_board")
    return render(
        request,
        "desk/placements/next.html",
        title=_("Who is next? %(slot)s") % {"slot": slot},
        slot=slot,
        candidates=reserves.candidates(slot),
    )


def next_in_line(placements, user):
    """Return the first person still waiting for each slot that became free."""
    slots = {placement.slot_id for placement in placements}
    entries = (
        ReserveEntry.objects.visible_to(user)
        .filter(slot__in=slots, is_open=True)
        .select_related("application__participant")
        .defer(
            "application__participant__nik",
            "application__participant__passport",
            "application__participant__disability",
        )
        .order_by("slot", "-position")
    )
    return {entry.slot_id: entry for entry in entries}
