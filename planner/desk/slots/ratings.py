"""What a host thinks of its candidates: without names, until the decision."""

from django.contrib import messages
from django.utils.translation import gettext as _, ngettext

from programs import clock
from programs.access import is_signed_in
from programs.domain import host_ratings, slots
from programs.domain.actors import runs_program
from programs.models import HostRating
from programs.refusals import Refusal
from programs.roles import Permission, Role

FULL = 100


def may_rate(slot, user):
    """Return whether the reader speaks for the host, or runs its program."""
    is_host = is_signed_in(user) and slot.host_id in user.institution_ids(Role.PARTNER)
    own = is_host and user.allows(Permission.RATE)
    return own or runs_program(user, slot.intake.program)


def candidates_of(slot):
    """Return the candidates of a slot with the rating they have, best wishes first."""
    known = {row.application_id: row for row in HostRating.objects.filter(slot=slot)}
    return [
        {"application": application, "rating": known.get(application.pk)}
        for application in slots.candidates(slot=slot)
    ]


def rate(request, slot):
    """Keep what was written for each candidate; a refusal stops only its own."""
    done = 0
    for told in candidates_of(slot):
        application = told["application"]
        answer = _answer(request, application, told["rating"])
        if answer is None:
            continue
        try:
            host_ratings.rate(
                application=application,
                slot=slot,
                by=request.user,
                now=clock.now(),
                **answer,
            )
            done += 1
        except Refusal as refusal:
            messages.error(request, f"{short_name(application)}: {refusal}")
    text = ngettext("%(count)s rating was kept.", "%(count)s ratings were kept.", done)
    if done:
        messages.success(request, text % {"count": done})


def _answer(request, application, rating):
    """Return what the form says of a candidate, or None where nothing is new."""
    veto = request.POST.get(f"veto-{application.pk}", "").strip()
    score = request.POST.get(f"score-{application.pk}", "").strip()
    if veto:
        same = rating is not None and rating.is_veto and rating.reason == veto
        return None if same else {"veto_reason": veto}
    if not score:
        return None
    if not score.isdecimal() or int(score) > FULL:
        name = short_name(application)
        text = _("%(name)s: write a score from 0 to 100.") % {"name": name}
        messages.error(request, text)
        return None
    same = rating is not None and rating.score == int(score)
    return None if same else {"score": int(score)}


def short_name(application):
    """Return how both sides name a candidate: by how its nomination begins."""
    return str(application.pk)[:8]
