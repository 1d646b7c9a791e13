"""Stays that people have made or given up, whoever registered them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from programs.choices import PlacementState
from programs.days import day_in
from programs.models import DAY_AFTER, FIRST_DAY, Participant, Placement, PlacementEvent

WENT = (
    PlacementState.ACCEPTED,
    PlacementState.CONFIRMED,
    PlacementState.DEPARTED,
    PlacementState.ARRIVED,
    PlacementState.COMPLETED,
    PlacementState.ENDED_EARLY,
)
"""States of a stay that was or will be made."""
DROPPED = (
    PlacementState.NO_SHOW,
    PlacementState.ENDED_EARLY,
    PlacementState.DECLINED,
)
"""States of a place that somebody had and gave up; an offer declined is none."""
TAKEN = (
    PlacementState.ACCEPTED,
    PlacementState.CONFIRMED,
    PlacementState.DEPARTED,
)
"""States in which a place is somebody's who may still give it up."""
CALLED_OFF = (PlacementState.REJECTED, PlacementState.SUPERSEDED)
"""States of a place that somebody else took back."""
STAY = ("state", "program", "kind", "in", "host", "application", "end")


def stays(
    people: QuerySet[Participant], humans: QuerySet[Participant, Any]
) -> Iterable[tuple[Any, ...]]:
    """Yield (person, human, what ``STAY`` names) of each stay.

    Parameters
    ----------
    people: who has a stay. humans: keys of humans whose other registrations count too.

    ``end`` is the last day: reported, or as it is planned; of a place that was given up
    before it began the day on which it was.
    """
    rows = Placement.objects.filter(
        Q(application__participant__in=people)
        | Q(application__participant__human_key__in=humans)
    )
    ended = PlacementEvent.objects.filter(
        placement=OuterRef("pk"), to_state=OuterRef("state")
    ).order_by("-at")
    # What a host called off, its other steps too, nobody gave up.
    called_off = Placement.objects.filter(
        application=OuterRef("application"), state__in=CALLED_OFF
    )
    rows = rows.annotate(
        ended_on=Subquery(ended.values("on")[:1]),
        ended_at=Subquery(ended.values("at")[:1]),
        was=Subquery(ended.values("from_state")[:1]),
        first_day=FIRST_DAY,
        day_after=DAY_AFTER,
    ).filter(
        Q(state__in={*WENT, *DROPPED} - {PlacementState.DECLINED})
        | Q(~Exists(called_off), state=PlacementState.DECLINED, was__in=TAKEN)
    )
    fields = (
        Cast("application__participant_id", TextField()),
        "application__participant__human_key",
        "state",
        "slot__intake__program__code",
        "slot__intake__program__kind",
        "slot__country_id",
        "slot__host__code",
        "application_id",
    )
    days = ("first_day", "day_after", "ended_on", "ended_at")
    for (
        person,
        human,
        state,
        *row,
        application,
        first,
        after,
        on,
        at,
        zone,
    ) in rows.order_by("pk").values_list(*fields, *days, "slot__intake__time_zone"):
        last = _last_day(state, first, after, on, at and day_in(zone, at))
        yield person, human, state, *row, str(application), last.toordinal()


def _last_day(
    state: str, first: date, after: date, on: date | None, told: date | None
) -> date:
    """Return the last day of a stay, or on which a place was given up before it.

    Parameters
    ----------
    first, after: between which days the stay was to be. on: the day that was reported.
    told: the day on which it was.
    """
    if state == PlacementState.DECLINED:
        return told or first
    if state == PlacementState.NO_SHOW:
        return on or first
    is_over = state in (PlacementState.COMPLETED, PlacementState.ENDED_EARLY)
    return on if is_over and on else after - timedelta(1)
