"""Seats: at most so many people in a slot, and at least so many or none at all."""

from collections import Counter

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.models import Slot


def add(draft: Draft, rows: Reading, offers: Offers, pairs: Pairs) -> list[int]:
    """Add the seats of every slot; each person in it uses one.

    Returns the limit of each slot, by its position.
    """
    committed = Counter(placement.slot_id for placement in rows.kept)
    limits = [draft.add_limit(seats(slot, committed[slot.pk])) for slot in rows.slots]
    option, pair = offers.expand()
    draft.use(option, np.array(limits, np.int32)[pairs.slot[pair]], 1)
    return limits


def seats(slot: Slot, committed: int) -> Limit:
    """Return the limit of one slot, after the people who are placed already.

    A cohort (fewest people above one) runs or does not run. Once somebody is placed
    it runs, and the plan has to fill it up to its minimum.
    """
    is_cohort = slot.capacity_min > 1
    return Limit(
        key=LimitKey(LimitKind.SEATS, slot.name),
        label_en=f"{slot.role_title_en}, {slot.host.name}",
        label_id=f"{slot.role_title_id}, {slot.host.name}",
        upper=max(0, slot.capacity_max - committed),
        lower=max(0, slot.capacity_min - committed) if is_cohort else 0,
        only_if_used=is_cohort and committed == 0,
        committed=committed,
        shown_upper=slot.capacity_max,
        shown_lower=slot.capacity_min,
    )
