"""``modified_since``: what changed, and the ids of what the reader may no longer see.

The events that partners hear are the record of changes: every verb tells one, in the
transaction of the change. A row changed since a moment if one of its events, or of a
row that is shown with it, was told since. It is gone for a reader who was told of it
once and does not see it now; what was never told to somebody has no tombstone for them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend

from programs.choices import SlotState
from programs.event_kinds import EventKind
from programs.models import Application, Event, Intake, Placement, Slot
from programs.models.programs import IntakeQuerySet
from programs.roles import Permission

from .exceptions import Problem
from .pagination import parameter


@dataclass(frozen=True)
class Changes:
    """How a resource's changes are found.

    Parameters
    ----------
    of: function of events (a queryset): a condition for rows that they tell of.
    public: returns a condition for rows that everybody could see at some time.
    alive: a condition for rows that are more than an empty record.
    """

    of: Callable[[QuerySet], Q]
    public: Callable[[], Q] = lambda: Q(pk__in=[])
    alive: Q = field(default_factory=Q)

    def rows(self, model, *, since):
        """Return the rows that changed since a moment."""
        return model._base_manager.filter(self.of(Event.objects.filter(at__gte=since)))

    def told_to(self, user):
        """Return the condition of rows that a reader was told of at some time."""
        if user.allows(Permission.VIEW_ALL):
            return Q()
        own = Event.objects.filter(institutions__in=user.institution_ids())
        return self.public() | self.of(own)


class ModifiedSince(BaseFilterBackend):
    """Narrows a list to what changed; the view tells tombstones from rows."""

    def filter_queryset(self, request, queryset, view):
        """Return the changed rows that are seen, and those that are gone."""
        text = request.query_params.get("modified_since") if is_for(view) else None
        if text is None:
            return queryset
        changes = view.changes
        changed = changes.rows(queryset.model, since=_moment(text))
        seen = view.get_queryset().filter(changes.alive)
        gone = changed.filter(changes.told_to(request.user)).exclude(
            pk__in=seen.order_by().values("pk")
        )
        wanted = queryset.filter(changes.alive, pk__in=changed.values("pk"))
        view.are_seen = wanted
        return view.unrestricted().filter(
            Q(pk__in=wanted.order_by().values("pk")) | Q(pk__in=gone.values("pk"))
        )

    def get_schema_operation_parameters(self, view):
        """Return the parameter as OpenAPI says it."""
        if not is_for(view):
            return []
        schema = {"type": "string", "format": "date-time"}
        says = (
            "Only what changed at this moment or later, by the events told of it, and "
            "in `gone` the ids of what went. Send the `Date` of your last answer, "
            "less ten minutes: a write may have been under way. A row may come again."
        )
        return [parameter("modified_since", schema, says)]


def is_for(view):
    """Return whether a request may ask for changes."""
    return getattr(view, "changes", None) is not None and view.action == "list"


def _moment(text):
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or not is_aware(moment) or moment.year < 1900:
        detail = _("Use a moment with its zone, such as 2027-02-01T00:00:00Z.")
        raise Problem(400, "invalid", detail, field="modified_since")
    return moment


def _among(events, thing):
    return events.filter(object_type=thing).ids()


def _of_participants(events):
    applications = Application._base_manager.filter(
        pk__in=_among(events, "application")
    )
    return Q(pk__in=_among(events, "participant")) | Q(
        pk__in=applications.values("participant")
    )


def _of_nominations(events):
    placements = Placement._base_manager.filter(pk__in=_among(events, "placement"))
    erased = events.filter(kind=EventKind.PARTICIPANT_ERASED).ids()
    return (
        Q(pk__in=_among(events, "application"))
        | Q(pk__in=placements.values("application"))
        | Q(participant__in=erased)
    )


def _of_placements(events):
    people = _among(events, "participant")
    return Q(pk__in=_among(events, "placement")) | Q(
        application__participant__in=people
    )


def _of_slots(events):
    return Q(pk__in=_among(events, "slot")) | Q(intake__in=_among(events, "intake"))


def _of_intakes(events):
    return Q(pk__in=_among(events, "intake"))


def _public_intakes():
    """Return the condition of intakes that left draft."""
    opened = Event.objects.filter(kind=EventKind.INTAKE_OPEN).ids()
    return Q(state__in=IntakeQuerySet.PUBLIC_STATES) | Q(pk__in=opened)


def _public_slots():
    """Return the condition of slots that were open in an intake that left draft."""
    opened = Event.objects.filter(kind=EventKind.SLOT_OPEN).ids()
    was_open = Slot.history.filter(state=SlotState.OPEN).order_by()
    intakes = Intake._base_manager.filter(_public_intakes())
    return Q(intake__in=intakes.values("pk")) & (
        Q(pk__in=opened) | Q(pk__in=was_open.values("id"))
    )


PARTICIPANTS = Changes(
    of=_of_participants, alive=Q(erased_at__isnull=True, merged_into__isnull=True)
)
NOMINATIONS = Changes(of=_of_nominations)
PLACEMENTS = Changes(of=_of_placements)
INTAKES = Changes(of=_of_intakes, public=_public_intakes)
SLOTS = Changes(of=_of_slots, public=_public_slots)
