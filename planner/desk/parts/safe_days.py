"""Slots that are decided too late for their papers, or nearly, in sentences."""

from django.utils.translation import gettext as _, ngettext

from programs import clock, formats
from programs.days import day_of
from programs.models import Slot

MOST_NAMED = 20


def too_late(slots):
    """Return a sentence that names slots whose last safe decision day is over, or "".

    Parameters
    ----------
    slots: rows with their routes and intakes.
    """
    now = clock.now()
    late = [slot for slot in slots if slot.last_safe_day < day_of(now, slot.intake)]
    if not late:
        return ""
    late.sort(key=lambda slot: (slot.last_safe_day, slot.name))
    named = [
        _("%(slot)s (%(day)s)")
        % {"slot": slot.name, "day": formats.day(slot.last_safe_day)}
        for slot in late[:MOST_NAMED]
    ]
    if len(late) > MOST_NAMED:
        named.append(_("%(count)s more") % {"count": len(late) - MOST_NAMED})
    text = ngettext(
        "The last safe decision day of %(count)s slot is over: decided now, its papers "
        "come after the first day. %(slots)s.",
        "The last safe decision day of %(count)s slots is over: decided now, their "
        "papers come after the first day. %(slots)s.",
        len(late),
    )
    return text % {"count": len(late), "slots": ", ".join(named)}


def too_late_in(run):
    """Return the same of the slots in which a plan proposes new places."""
    chosen = run.proposals.filter(is_kept=False).values("slot")
    slots = Slot.objects.filter(pk__in=chosen).select_related("route", "intake")
    return too_late(slots)
