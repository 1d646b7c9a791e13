"""Free places: who is suggested, and a person's word on it."""

from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planner.allocation.vacancies import shares, suggestions
from planner.desk.pages import VIEWERS, attempt, needs, paginate, render
from planner.models import MoveUp, MoveUpState
from programs import clock
from programs.models import Application
from programs.roles import Permission

DECIDERS = (Permission.PLAN, Permission.MANAGE_PROGRAMS)
HIDDEN = [
    f"{row}__participant__{column}"
    for row in ("application", "freed__application")
    for column in ("nik", "passport", "disability")
]


@require_GET
@needs(*VIEWERS)
def index(request):
    """List free places: those that wait for a decision first, then all others."""
    rows = (
        MoveUp.objects.visible_to(request.user)
        .select_related(
            "slot__host",
            "application__participant",
            "freed__application__participant",
            "decided_by",
        )
        .defer(*HIDDEN)
        .order_by("-suggested_at", "slot__code")
    )
    return render(
        request,
        "desk/free_places/page.html",
        title=_("Free places: who could take them?"),
        waiting=weighed(rows.open()),
        page=paginate(request, rows.exclude(state=MoveUpState.OPEN)),
        may_decide=any(request.user.allows(permission) for permission in DECIDERS),
    )


def weighed(rows):
    """Return open suggestions with what each would make of the priced quotas."""
    rows = list(rows.select_related("slot__intake__program"))
    people = Application.objects.select_related(
        "intake", "participant__home_institution"
    ).in_bulk([row.application_id for row in rows])
    counted = shares.of_intakes({row.slot.intake for row in rows})
    for row in rows:
        row.shares = counted.of(people[row.application_id], row.slot)
    return rows


@require_POST
@needs(*DECIDERS)
def decide(request, suggestion_id):
    """Offer the place to the person suggested, or pass the person over."""
    rows = MoveUp.objects.visible_to(request.user).select_related(
        "slot__intake__program", "application__participant"
    )
    suggestion = get_object_or_404(rows, pk=suggestion_id)
    stamp = {"by": request.user, "now": clock.now()}
    if "confirm" in request.POST:
        attempt(
            request,
            lambda: suggestions.confirm(suggestion, **stamp),
            lambda placement: (
                _("The place was offered to %(person)s.")
                % {"person": placement.application.participant.full_name}
            ),
        )
    else:
        reason = request.POST.get("reason", "")
        attempt(
            request,
            lambda: suggestions.dismiss(suggestion, reason=reason, **stamp),
            _("Passed over; the next person is suggested within seconds."),
        )
    return redirect("admin:desk_free")
