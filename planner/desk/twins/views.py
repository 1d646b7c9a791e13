"""Registrations of one human, for officers: known, likely, and NIKs in doubt."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from planner.desk.pages import PAGE_SIZE, attempt, needs, paginate, render
from programs import clock
from programs.domain import mergers, twins
from programs.models import Application, Participant
from programs.roles import Permission

VERBS = {
    "join": (
        twins.join,
        gettext_lazy("They are one human from now on; nothing was moved."),
    ),
    "part": (
        twins.part,
        gettext_lazy(
            "They are registrations of their own again, if no id makes them one."
        ),
    ),
    "confirm": (twins.confirm, gettext_lazy("The NIK is confirmed.")),
}


@require_GET
@needs(Permission.REVEAL_PERSON)
def index(request):
    """Show both rows of whoever is, or may be, registered twice."""
    known, likely = twins.doubles(request.user), twins.likely(request.user)
    doubtful = twins.doubtful(request.user)
    page = paginate(request, known)
    likely_page = paginate(request, likely)
    shown = [row for group in (*page, *likely_page) for row in group]
    return render(
        request,
        "desk/twins/page.html",
        title=_("Who is registered twice?"),
        num_known=len(known),
        num_likely=len(likely),
        known=_told(page, shown, request.user),
        likely=_told(likely_page, shown, request.user),
        page=page if len(known) >= len(likely) else likely_page,
        doubtful=doubtful,
        merged=mergers.in_force(request.user)[:PAGE_SIZE],
    )


def _told(groups, rows, user):
    """Return each group with its rows' applications, and whether a word joins it."""
    wanted = Q(participant__in=[row.pk for row in rows])
    applications = Application.objects.visible_to(user).filter(wanted)
    of_each = {}
    for one in applications.select_related("intake", "nominated_by").order_by("pk"):
        of_each.setdefault(one.participant_id, []).append(one)
    return [
        {
            "first": group[0],
            "rows": [(row, of_each.get(row.pk, [])) for row in group],
            "is_joined": len({row.joined for row in group if row.joined}) == 1,
        }
        for group in groups
    ]


@require_POST
@needs(Permission.REVEAL_PERSON)
def judge(request):
    """Take an officer's word about registrations."""
    if request.POST.get("verb") not in VERBS:
        raise Http404
    verb, done = VERBS[request.POST["verb"]]
    wanted = [pk for pk in request.POST.getlist("person") if len(pk) == 36]
    people = list(Participant.objects.visible_to(request.user).filter(pk__in=wanted))
    if not people:
        raise Http404
    who = {"participant": people[0]} if verb is twins.confirm else {"people": people}
    reason = request.POST.get("reason", "")
    attempt(
        request,
        lambda: verb(**who, by=request.user, reason=reason, now=clock.now()),
        done,
    )
    return redirect("admin:desk_twins")
