"""Slots: what is this one, who could take it, and why is it filled as it is?"""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.pages import VIEWERS, is_officer, needs, paginate, render
from planner.desk.parts.ratings import unrated
from planner.desk.slots.context import (
    People,
    facts_of,
    for_host,
    groups_of,
    outcome_of,
    pins_of,
    run_of,
)
from planner.desk.slots.ratings import candidates_of, may_rate, rate
from planner.models import AllocationRun
from programs import clock
from programs.choices import LIVE_PLACEMENT_STATES
from programs.days import day_of
from programs.models import Placement, Slot
from programs.roles import Permission

READERS = (*VIEWERS, Permission.VIEW_OWN_INSTITUTION)
CHOICES = ("wished", "fits", "all")


def find(request, slot_id):
    """Return a slot the reader may see, or answer as if it did not exist."""
    slots = Slot.objects.visible_to(request.user).select_related(
        "host",
        "country",
        "route",
        "agreement",
        "intake__program__owner",
        "intake__program__citizenship",
    )
    return get_object_or_404(slots, pk=slot_id)


@require_GET
@needs(Permission.VIEW_OWN_INSTITUTION)
def index(request):
    """List the slots of the reader's own institution, for hosts."""
    live = Q(placements__state__in=LIVE_PLACEMENT_STATES)
    waiting = unrated(request.user, day_of(clock.now()))
    slots = (
        Slot.objects.visible_to(request.user)
        .filter(host__in=request.user.institution_ids())
        .select_related("intake__program", "host", "route")
        .annotate(
            placed=Count("placements", filter=live, distinct=True),
            waits=Exists(waiting.filter(slot=OuterRef("pk"))),
        )
        .order_by("starts_on", "code")
    )
    return render(
        request,
        "desk/slots/list.html",
        title=_("Own slots"),
        page=paginate(request, slots),
    )


@needs(*READERS)
def page(request, slot_id):
    """Show a slot: to officers with its people, to its host with its candidates."""
    slot = find(request, slot_id)
    rates = may_rate(slot, request.user)
    if request.method == "POST":
        if not rates:
            raise PermissionDenied
        rate(request, slot)
        return redirect("admin:desk_slot", slot.pk)
    officer = is_officer(request.user)
    is_own = slot.host_id in request.user.institution_ids()
    run = _run(request, slot) if officer else None
    return render(
        request,
        "desk/slots/page.html",
        title=slot.role_title,
        slot=slot,
        stays=stays_of(slot, request.user),
        officer=officer,
        # Who pays for other hosts' people is no business of a partner.
        shows_payers=officer or rates,
        run=run,
        outcome=outcome_of(slot, run) if run else None,
        different=for_host(slot) if is_own and not officer else [],
        pins=pins_of(slot) if officer else [],
        groups=groups_of(slot) if officer else [],
        may_rate=rates,
        candidates=candidates_of(slot) if rates else [],
        **facts_of(slot),
    )


def stays_of(slot, user):
    """Return the people who hold a place in the slot, of those the reader may see."""
    rows = Placement.objects.visible_to(user).filter(
        slot=slot, state__in=LIVE_PLACEMENT_STATES
    )
    hidden = [
        f"application__participant__{name}"
        for name in ("nik", "passport", "disability")
    ]
    return (
        rows.select_related("application__participant", "application__nominated_by")
        .defer(*hidden)
        .order_by("application__participant__code")
    )


def _run(request, slot):
    """Return the run asked for, or the one that counts for the slot."""
    wanted = request.GET.get("run", "")
    if not wanted.isdigit():
        return run_of(slot, request.user)
    runs = AllocationRun.objects.visible_to(request.user).exclude(result_digest="")
    return get_object_or_404(runs, number=wanted, intakes=slot.intake_id)


@require_GET
@needs(*VIEWERS)
def people(request, slot_id):
    """Answer who could take the slot; apart from the page, since judging takes long."""
    slot = find(request, slot_id)
    who = request.GET.get("who", "wished")
    if who not in CHOICES:
        raise Http404
    candidates = People(slot, who=who)
    run = _run(request, slot)
    told = outcome_of(slot, run)["by_person"] if run else {}
    page = paginate(request, candidates)
    rows = [{**row, "outcome": told.get(row["application"].pk)} for row in page]
    return TemplateResponse(
        request,
        "desk/slots/people.html",
        {
            "slot": slot,
            "candidates": candidates,
            "page": page,
            "rows": rows,
            "run": run,
            "who": who,
        },
    )
