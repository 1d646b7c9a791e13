"""Days that lie between two stays of one person, for journey and visa.

Each journey takes the ``travel_days`` of its route: back from the one stay and out to
the other. Within one country there is no journey, and a slot without a route has none.
"""


def gap_days(one, other):
    """Return how many days lie free between two stays.

    Parameters
    ----------
    one, other: (country, travel days or None) of their slots.
    """
    (here, back), (there, out) = one, other
    return 0 if here == there else (back or 0) + (out or 0)


def journey_of(slot):
    """Return (country, travel days) of a slot, read with its route."""
    return slot.country_id, slot.route.travel_days if slot.route else 0


def meet(one, other):
    """Return whether a person cannot have both of two stays.

    Parameters
    ----------
    one, other: (first day, day after, (country, travel days)); days as dates' ordinals.
    """
    (first, after, here), (starts, ends, there) = one, other
    gap = gap_days(here, there)
    return starts < after + gap and first < ends + gap
