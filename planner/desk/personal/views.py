"""A person's own page: a code and the birth date open it, only buttons act."""

from functools import wraps

from django import forms
from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from planner.desk.pages import attempt
from planner.desk.personal.context import page_of
from programs import clock
from programs.choices import RightsKind
from programs.domain import links, placements
from programs.domain.actors import ThePerson
from programs.models import PersonalLink
from programs.refusals import Refusal

COOKIE = "own_page"
STAYS = 30 * 60
"""Seconds for which a browser shows the page before it asks for the date again."""
HEADERS = {
    # Without any, browsers send forms as from nowhere, and those are refused.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class DoorForm(forms.Form):
    """The code of the letter, and the birth date that only the person knows."""

    code = forms.CharField(
        label=gettext_lazy("Code from your letter or e-mail"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Your date of birth"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class AskForm(forms.Form):
    """What the person asks for about the own data."""

    kind = forms.ChoiceField(choices=RightsKind)
    words = forms.CharField(max_length=4000, required=False)


def private(view):
    """Keep a page out of caches, indexes and the addresses that others are told."""

    @wraps(view)
    def guarded(request):
        answer = never_cache(view)(request)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    return guarded


@private
@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """Show the door, or the page behind it; do what a button says."""
    link = entered(request)
    if request.method != "POST":
        if link is None:
            return door(request, DoorForm())
        context = page_of(link, clock.now())
        return TemplateResponse(request, "desk/personal/page.html", context)
    if "enter" in request.POST:
        return enter(request)
    if "leave" in request.POST:
        answer = redirect("own_page")
        answer.delete_cookie(COOKIE, path=request.path, samesite="Strict")
        return answer
    if link is None:
        messages.error(request, _("The page was open for too long; enter once more."))
    else:
        act(request, link)
    return redirect("own_page")


def door(request, form, status=200):
    """Ask for code and birth date; nothing personal is shown before."""
    context = {"form": form}
    return TemplateResponse(request, "desk/personal/door.html", context, status=status)


def enter(request):
    """Let in who knows the code and the birth date; count who does not."""
    form = DoorForm(request.POST)
    if not form.is_valid():
        return door(request, form, status=400)
    try:
        link = links.enter(**form.cleaned_data, now=clock.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return door(request, form, status=403)
    answer = redirect("own_page")
    answer.set_signed_cookie(
        COOKIE,
        str(link.pk),
        salt=COOKIE,
        max_age=STAYS,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer


def entered(request):
    """Return the link by which a browser came in, while it opens the page."""
    key = request.get_signed_cookie(COOKIE, None, salt=COOKIE, max_age=STAYS)
    if key is None:
        return None
    rows = PersonalLink.objects.live(clock.now()).select_related(
        "application__participant", "application__intake__program__owner"
    )
    return rows.filter(pk=key, application__participant__erased_at=None).first()


def act(request, link):
    """Do what the pressed button says, as the person."""
    if "ask" in request.POST:
        _ask(request, link)
        return
    pressed = [name for name in ANSWERS if name in request.POST]
    if not pressed:
        return
    verb, done = ANSWERS[pressed[0]]
    rows = link.application.placements.select_related(
        "application__participant", "slot__intake__program"
    )
    placement = get_object_or_404(rows, pk=_place(request))
    attempt(request, lambda: _answer(request, verb, placement, link), done)


def _place(request):
    form = forms.UUIDField(required=False)
    try:
        return form.clean(request.POST.get("place", ""))
    except forms.ValidationError:
        return None


def _answer(request, verb, placement, link):
    reason = request.POST.get("reason", "").strip()[:500]
    if verb is placements.decline and request.POST.get("sure") != "yes":
        raise Refusal("not-sure", _("Tick the box first: there is no way back."))
    return verb(placement=placement, by=ThePerson(link), now=clock.now(), reason=reason)


def _ask(request, link):
    form = AskForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what you ask for; at most 4,000 letters."))
        return
    attempt(
        request,
        lambda: links.ask(link=link, now=clock.now(), **form.cleaned_data),
        _("Your request is noted; a person answers within three times 24 hours."),
    )


ANSWERS = {
    "accept": (placements.accept, gettext_lazy("You have accepted the place.")),
    "decline": (placements.decline, gettext_lazy("You have given the place back.")),
}
"""What each button does, and the sentence that says it was done."""
