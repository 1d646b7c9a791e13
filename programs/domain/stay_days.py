"""On which day a step of a stay happened: never to come, never before it can be."""

from datetime import timedelta

from django.utils.translation import gettext as _

from programs import formats
from programs.choices import PlacementState
from programs.days import day_of
from programs.refusals import Refusal, RefusalKind

JOURNEY = timedelta(days=14)
"""How long before the first day of a stay somebody may leave for it."""
DATED = (
    PlacementState.DEPARTED,
    PlacementState.ARRIVED,
    PlacementState.COMPLETED,
    PlacementState.ENDED_EARLY,
    PlacementState.NO_SHOW,
)
"""States that begin on a day of the world outside, and not when they are reported."""


def day_of_step(placement, to, *, on, now):
    """Return the day on which a step happened: today, unless another is given.

    Parameters
    ----------
    placement: with its slot and the slot's intake.
    to: one of ``DATED``. on: the day, or ``None`` for today.

    Raises
    ------
    Refusal: the day is yet to come, or lies before or behind what it can be.
    """
    today = day_of(now, placement.slot.intake)
    on = on or today
    if on > today:
        raise Refusal(
            "day-to-come",
            _("%(day)s is yet to come; report it when it has happened.")
            % {"day": formats.day(on)},
            field="on",
        )
    first = first_day(placement, to)
    if on < first:
        raise _too_early(to, first)
    last = placement.ends_on - timedelta(days=1)
    if to != PlacementState.COMPLETED and on > last:
        raise Refusal(
            "stay-over",
            _("The stay ended on %(day)s; this cannot be later.")
            % {"day": formats.day(last)},
            kind=RefusalKind.CONFLICT,
        )
    return on


def first_day(placement, to):
    """Return the first day on which a step may have happened."""
    begins = placement.starts_on
    if to == PlacementState.DEPARTED:
        return begins - JOURNEY
    reached = day_it_was(placement, PlacementState.ARRIVED, PlacementState.DEPARTED)
    if to in (PlacementState.ARRIVED, PlacementState.ENDED_EARLY):
        return reached or begins - JOURNEY
    return max(begins, reached or begins)


def day_it_was(placement, *states):
    """Return the last day on which the placement came into one of these states."""
    days = placement.events.filter(to_state__in=states, on__isnull=False)
    return days.order_by("on").values_list("on", flat=True).last()


def _too_early(to, first):
    if to == PlacementState.COMPLETED:
        code = "stay-not-begun"
        text = _("The stay begins on %(day)s; it cannot be completed before.")
    else:
        code = "too-early"
        text = _("This cannot have happened before %(day)s.")
    return Refusal(code, text % {"day": formats.day(first)}, kind=RefusalKind.CONFLICT)
