"""Which senders hear of an intake or a slot beside its hosts."""

from programs.choices import ApplicationState
from programs.models import Application, Institution

from .states import batches

OUT = (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)
"""States of a nomination whose sender waits for nothing more."""


def all_senders():
    """Return the ids of institutions that register people: they may nominate."""
    rows = Institution.objects.filter(registered_participants__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def senders_to(intake):
    """Return the ids of institutions with nominations to an intake."""
    return _senders(Application.objects.filter(intake=intake))


def senders_by_slot(slots):
    """Return {slot: ids of institutions whose nominees wish for it}.

    A wish for a pathway is one for each of its slots.
    """
    found = {}
    rows = Application.objects.exclude(state__in=OUT).exclude(nominated_by=None)
    for path in ("preferences__slot", "preferences__pathway__steps__slot"):
        for some in batches(slots):
            pairs = rows.filter(**{f"{path}__in": some}).order_by(path, "nominated_by")
            for slot, sender in pairs.values_list(path, "nominated_by").distinct():
                found.setdefault(slot, []).append(sender)
    return found


def _senders(rows):
    rows = rows.exclude(state__in=OUT).exclude(nominated_by=None)
    ids = rows.order_by("nominated_by").values_list("nominated_by", flat=True)
    return list(ids.distinct())
