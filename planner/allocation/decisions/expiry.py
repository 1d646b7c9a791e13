"""What the clock does after a publication: what nobody answered in time runs out."""

from datetime import datetime

from programs.domain import place_conditions, placements, stay_changes


def expire_offers(*, now: datetime) -> int:
    """Expire every offer whose time is over; return how many there were.

    Proposed changes of stays lapse likewise, and places whose conditions were not met.
    """
    expired = placements.expire_due(now=now)
    stay_changes.lapse_due(now=now)
    place_conditions.look(now=now)
    return len(expired)
