"""May this stay be changed? Its days and slot, what was proposed, and the answers."""

from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planner.desk.pages import VIEWERS, attempt, needs, paginate, render
from planner.desk.parts.due import changes_to_answer
from planner.desk.stays.context import open_changes, told
from planner.desk.stays.forms import ChangeForm
from programs import clock
from programs.domain import stay_changes
from programs.models import Placement, PlacementChange
from programs.roles import Permission

READERS = (*VIEWERS, Permission.VIEW_OWN_INSTITUTION)
HIDDEN = (
    "application__participant__nik",
    "application__participant__disability",
)


@needs(*READERS)
def page(request, placement_id):
    """Show a stay with the changes proposed for it, and propose another one."""
    rows = Placement.objects.visible_to(request.user).select_related(
        "application__participant", "slot__host", "slot__intake__program"
    )
    placement = get_object_or_404(rows.defer(*HIDDEN), pk=placement_id)
    given = request.POST if request.method == "POST" else None
    form = ChangeForm(given, placement=placement, user=request.user)
    if given is not None and form.is_valid():
        change = attempt(
            request,
            lambda: stay_changes.propose(
                placement=placement, by=request.user, now=clock.now(), **form.wanted()
            ),
            _("The change is proposed; the other side is asked."),
        )
        if change is not None:
            return redirect("admin:desk_stay", placement_id)
    return render(
        request,
        "desk/stays/page.html",
        title=_("Stay of %(person)s")
        % {"person": placement.application.participant.full_name},
        placement=placement,
        form=form,
        **told(placement, request.user),
    )


@needs(*READERS)
def index(request):
    """List what waits for an answer; on demand only for one of the reader's side."""
    changes = open_changes(request.user)
    for_us = request.GET.get("for") == "us"
    if for_us:
        changes = changes.filter(pk__in=changes_to_answer(request.user).values("pk"))
    return render(
        request,
        "desk/stays/list.html",
        title=_("Changes of stays that wait for an answer"),
        page=paginate(request, changes),
        for_us=for_us,
    )


@require_POST
@needs(*READERS)
def answer(request, change_id):
    """Agree, refuse or take back, as the button says."""
    rows = PlacementChange.objects.visible_to(request.user).select_related(
        "slot__intake",
        "placement__application",
        "placement__slot__intake__program",
    )
    change = get_object_or_404(rows, pk=change_id)
    stamp = {"change": change, "by": request.user, "now": clock.now()}
    side, reason = request.POST.get("side", ""), request.POST.get("reason", "")
    if "agree" in request.POST:
        attempt(request, lambda: stay_changes.agree(side=side, **stamp), _agreed)
    elif "refuse" in request.POST:
        attempt(
            request,
            lambda: stay_changes.refuse(side=side, reason=reason, **stamp),
            _("The change is refused; the stay remains as it is."),
        )
    else:
        attempt(
            request,
            lambda: stay_changes.withdraw(**stamp),
            _("The change is taken back."),
        )
    return redirect("admin:desk_stay", change.placement_id)


def _agreed(change):
    if change.waits_for:
        return _("Noted. The other side has yet to agree.")
    return _("Both sides agree: the stay is changed.")
