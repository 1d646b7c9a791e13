"""Who is nominated by us? Own people by state, one of them, and new nominations."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET

from planner.desk.nominees.context import (
    REGISTERED,
    TILES,
    chosen,
    one_of,
    tiles_of,
    told,
)
from planner.desk.nominees.forms import ChoicesForm, NominateForm
from planner.desk.pages import attempt, needs, paginate, render
from planner.desk.parts.nominees import lacking_of, nominees, open_intakes
from programs import clock
from programs.choices import ApplicationState
from programs.domain import applications, officers
from programs.models import Application, Participant
from programs.refusals import Refusal
from programs.roles import Permission, Role

SENDER = Permission.NOMINATE
AT_ONCE = 200
"""People who are offered on one page; a search finds the others."""


def find(request, application_id):
    """Return a nomination of the reader's institution, or answer that there is none."""
    rows = nominees(request.user).select_related("intake__program", "nominated_by")
    return get_object_or_404(rows, pk=application_id)


@require_GET
@needs(SENDER)
def index(request):
    """List own people of one state, with what each lacks, wishes and waits for."""
    lacking = lacking_of(request.user, clock.now())
    wanted = request.GET.get("state", "")
    known = {*TILES, *ApplicationState.values}
    tiles = tiles_of(request.user, lacking, wanted)
    if wanted not in known:
        wanted = tiles[0]["value"] if tiles else ApplicationState.SUBMITTED
    page = paginate(request, chosen(request.user, wanted, lacking))
    return render(
        request,
        "desk/nominees/list.html",
        title=_("Our nominees"),
        tiles=tiles,
        wanted=wanted,
        page=page,
        rows=[] if wanted == REGISTERED else told(list(page), lacking),
        are_registered=wanted == REGISTERED,
        takes_people=bool(open_intakes(request.user)),
    )


@needs(SENDER)
def page(request, application_id):
    """Show where one nominee stands, and take other choices while that is possible."""
    application = find(request, application_id)
    wishes = application.preferences.select_related("slot__host", "pathway")
    wishes = [wish.slot or wish.pathway for wish in wishes.order_by("rank")]
    given = request.POST if request.method == "POST" else None
    form = ChoicesForm(
        given, intake=application.intake, user=request.user, wishes=wishes
    )
    if given is not None and form.is_valid():
        attempt(
            request,
            lambda: applications.set_preferences(
                application=application,
                preferences=form.wishes(),
                by=request.user,
                now=clock.now(),
            ),
            _("The choices are kept."),
        )
        return redirect("admin:desk_nominee", application.pk)
    return render(
        request,
        "desk/nominees/page.html",
        title=_("Nominee: %(person)s") % {"person": application.participant},
        application=application,
        form=form,
        speaks=officers.is_sender(application.participant, request.user),
        **one_of(application, request),
    )


@needs(SENDER)
def new(request):
    """Nominate people of the own institution to an intake, with their choices."""
    intakes = open_intakes(request.user)
    intake = asked(request, intakes)
    if intake is None:
        return render(
            request,
            "desk/nominees/intakes.html",
            title=_("Nominate: to which intake?"),
            intakes=intakes,
        )
    people = free_people(request.user, intake, request.GET.get("q", ""))
    given = request.POST if request.method == "POST" else None
    form = NominateForm(given, people=people, intake=intake, user=request.user)
    if given is not None and form.is_valid() and nominate(request, form, intake):
        return redirect("admin:desk_nominees")
    return render(
        request,
        "desk/nominees/new.html",
        title=_("Nominate to %(intake)s") % {"intake": intake.code},
        intake=intake,
        form=form,
        num_people=people.count(),
        at_once=AT_ONCE,
        shown=people[:AT_ONCE],
        ticked=given.getlist("people") if given else [],
        asked=request.GET,
    )


def asked(request, intakes):
    """Return the intake that an address names, or the only one there is."""
    code = request.GET.get("intake", "")
    if not code and len(intakes) == 1:
        return intakes[0]
    return next((intake for intake in intakes if intake.code == code), None)


def free_people(user, intake, text):
    """Return own people who do not apply to an intake yet, found by name or code."""
    there = Application.objects.filter(intake=intake).values("participant")
    people = Participant.objects.sent_by(user).filter(
        registered_by__in=user.institution_ids(Role.PARTNER),
        erased_at__isnull=True,
        restricted_at__isnull=True,
    )
    for word in text.split():
        people = people.filter(
            Q(code__folds=word) | Q(given_name__folds=word) | Q(family_name__folds=word)
        )
    people = people.exclude(pk__in=there).order_by("code", "pk")
    return people.defer("nik", "passport", "disability")


def nominate(request, form, intake):
    """Nominate each person by itself: one refusal does not undo the others."""
    wishes, done = form.wishes(), 0
    for person in form.cleaned_data["people"]:
        try:
            applications.submit(
                participant=person,
                intake=intake,
                preferences=wishes,
                by=request.user,
                now=clock.now(),
            )
            done += 1
        except Refusal as refusal:
            messages.error(request, f"{person.code}: {refusal}")
    if done:
        text = ngettext(
            "%(count)s person is nominated.", "%(count)s people are nominated.", done
        )
        messages.success(request, text % {"count": done})
    return done
