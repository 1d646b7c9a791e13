"""What the clock does after a publication: offers that nobody answered run out."""

from datetime import datetime

from programs.domain import placements


def expire_offers(*, now: datetime) -> int:
    """Expire every offer whose time is over; return how many there were."""
    return len(placements.expire_due(now=now))
