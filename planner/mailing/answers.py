"""What a published plan made of a person, with what was answered since."""

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _, gettext_noop

from planner.allocation.review.outcomes import is_asked_why
from planner.models import RunState
from programs import clock, formats
from programs.choices import (
    LIVE_PLACEMENT_STATES,
    ApplicationState,
    PlacementState,
)
from programs.domain import awaited
from programs.models import FIRST_DAY, PlaceCondition, ReserveEntry

WAITS_FOR = Prefetch("conditions", PlaceCondition.objects.awaited().with_privacy())
"""What is still to be met, for rows of placements."""
DECIDED = (RunState.PUBLISHED, RunState.SUPERSEDED)

TOLD = {
    PlacementState.OFFERED: gettext_noop(
        "You are offered %(place)s. Please answer by %(answer_by)s."
    ),
    PlacementState.ACCEPTED: gettext_noop(
        "You accepted %(place)s. The host has yet to confirm it."
    ),
    PlacementState.DECLINED: gettext_noop("You declined %(place)s."),
    PlacementState.EXPIRED: gettext_noop(
        "The offer of %(place)s ended without an answer by %(answer_by)s."
    ),
    PlacementState.CONFIRMED: gettext_noop(
        "You accepted %(place)s, and the host has confirmed it."
    ),
    PlacementState.REJECTED: gettext_noop("The host did not confirm %(place)s."),
    PlacementState.DEPARTED: gettext_noop("You departed for %(place)s."),
    PlacementState.ARRIVED: gettext_noop("You have arrived for %(place)s."),
    PlacementState.COMPLETED: gettext_noop("You have completed %(place)s."),
    PlacementState.ENDED_EARLY: gettext_noop("%(place)s ended early."),
    PlacementState.NO_SHOW: gettext_noop("You did not arrive for %(place)s."),
    PlacementState.SUPERSEDED: gettext_noop("A later plan replaced %(place)s."),
    PlacementState.LAPSED: gettext_noop(
        "%(place)s lapsed, because a condition of it was not met in time."
    ),
}
"""What the person is told of a placement in each state."""


def decided(run, application):
    """Return what came of a published run for a person; None before it is published.

    See ``said``.
    """
    return said(standing(run, application))


def standing(run, application):
    """Return what ``said`` puts into words, read once for all languages."""
    return held(application) if run.state in DECIDED else None


def held(application):
    """Return what ``said`` puts into words of places, whatever plan gave them, if any.

    One may have come without a plan: decided before, or brought along.
    """
    placements = application.placements.select_related("slot__host").order_by(
        FIRST_DAY, "offered_at"
    )
    placements = placements.prefetch_related(WAITS_FOR)
    return {
        "application": application,
        "placements": list(placements),
        "waiting": waiting(application),
        "now": clock.now(),
    }


def said(stands):
    """Return what stands for a person in the words of the language that is active.

    ``sentences`` tell each placement by what it is now, also one that came later from
    a waiting list, those that stand first; that an application was withdrawn comes
    before what is over. ``waiting`` are (position now, slot) on lists that are still
    open, ``is_asked_why`` whether the plan's reasons are to be told.
    """
    if stands is None:
        return None
    placements, application = stands["placements"], stands["application"]
    live = [row for row in placements if row.state in LIVE_PLACEMENT_STATES]
    over = [row for row in placements if row not in live]
    sentences = [
        " ".join([sentence(row, stands["now"]), *conditional(row)]) for row in live
    ]
    if application.state == ApplicationState.WITHDRAWN and not live:
        sentences.append(_("Your application was withdrawn."))
    return {
        "sentences": sentences + [sentence(row, stands["now"]) for row in over],
        "num_live": len(live),
        "is_placed": bool(live),
        "is_asked_why": is_asked_why(application, [row.state for row in placements]),
        "waiting": stands["waiting"],
    }


def sentence(placement, now):
    """Return what the person is told of a placement as it stands.

    An offer that nobody can accept any more has ended, though no clock has noted it.
    """
    state = PlacementState(placement.state)
    if state == PlacementState.OFFERED and placement.expires_at < now:
        state = PlacementState.EXPIRED
    slot = placement.slot
    place = _("%(role)s at %(host)s in %(city)s, from %(start)s to %(end)s") % {
        "role": slot.role_title,
        "host": slot.host,
        "city": slot.city,
        "start": formats.day(placement.starts_on),
        "end": formats.day(placement.ends_on),
    }
    told = _(TOLD[state]) % {
        "place": place,
        "answer_by": formats.moment(placement.expires_at),
    }
    return told[:1].upper() + told[1:]


def conditional(placement):
    """Return what the person has to meet so that the place is not lost, in sentences.

    What is confidential is named to nobody.
    """
    rows = sorted(placement.conditions.all(), key=lambda row: row.due_on)
    words = awaited.said(rows)
    return [
        _(
            "The place is conditional: by %(day)s you have to meet this, and it has to "
            "be recorded: %(needed)s. Otherwise the place is lost."
        )
        % {"day": formats.day(row.due_on), "needed": words[row.pk]}
        for row in rows
    ]


def waiting(application):
    """Return (position now, slot) on each waiting list that is still open."""
    return waiting_of([application.pk])[application.pk]


def waiting_of(ids):
    """Return {application: what ``waiting`` says of it}, with one query for all."""
    before = ReserveEntry.objects.filter(
        slot=OuterRef("slot"), is_open=True, position__lte=OuterRef("position")
    )
    count = before.order_by().values("slot").annotate(n=Count("pk")).values("n")
    entries = ReserveEntry.objects.filter(application__in=ids, is_open=True)
    found = {pk: [] for pk in ids}
    for entry in entries.annotate(now=Subquery(count)).select_related("slot__host"):
        found[entry.application_id].append((entry.now, entry.slot))
    return found
