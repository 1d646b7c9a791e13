"""Shared resources: hours that run out, and beds or mentors in use at the same time.

What a class uses as a whole (a trainer, a room) it uses by opening: once, if it runs.
"""

from collections import Counter
from datetime import date
from typing import assert_never
from uuid import UUID

import numpy as np

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.choices import ResourceKind, UsedBy
from programs.models import ResourceUse, SharedResource

from .cliques import cliques, when


def add(
    draft: Draft, rows: Reading, offers: Offers, pairs: Pairs, classes: list[int]
) -> None:
    """Add each resource once, or once for each time in which stays meet in it.

    ``classes`` are the limits of the seats, by position of the slot.
    """
    position = {slot.pk: at for at, slot in enumerate(rows.slots)}
    people = Counter(placement.slot_id for placement in rows.kept)
    option, pair = offers.expand()
    for resource, uses in by_resource(rows.uses):
        if not any(use.slot_id in position for use in uses):
            continue
        for number, (together, since) in enumerate(groups(resource, uses)):
            committed = sum(use.taken(people[use.slot_id]) for use in together)
            limit = draft.add_limit(shared(resource, number, since, committed))
            amounts = np.zeros(len(rows.slots), np.int64)
            for use in together:
                at = position.get(use.slot_id)
                if at is None:
                    continue
                match UsedBy(use.used_by):
                    case UsedBy.PERSON:
                        amounts[at] = use.amount
                    case UsedBy.CLASS:
                        if not people[use.slot_id]:
                            draft.use_by_opening(classes[at], limit, use.amount)
                    case unknown:
                        assert_never(unknown)
            used = amounts[pairs.slot[pair]]
            draft.use(option[used > 0], limit, used[used > 0])


def by_resource(
    uses: list[ResourceUse],
) -> list[tuple[SharedResource, list[ResourceUse]]]:
    """Return each resource with its uses, in a stable order."""
    grouped: dict[UUID, tuple[SharedResource, list[ResourceUse]]] = {}
    for use in uses:
        grouped.setdefault(use.resource_id, (use.resource, []))[1].append(use)
    return list(grouped.values())


def groups(
    resource: SharedResource, uses: list[ResourceUse]
) -> list[tuple[list[ResourceUse], date | None]]:
    """Return the uses that add up, with the day from which they do."""
    match resource.kind:
        case ResourceKind.CONSUMED:
            return [(uses, None)]
        case ResourceKind.CONCURRENT:
            spans = [(use.slot.starts_on, use.slot.ends_on) for use in uses]
            meeting = cliques(spans)
            return [([uses[i] for i in clique], since) for clique, since in meeting]
        case unknown:
            assert_never(unknown)


def shared(
    resource: SharedResource, number: int, since: date | None, committed: int
) -> Limit:
    """Return the limit of one resource in one time."""
    return Limit(
        key=LimitKey(LimitKind.RESOURCE, resource.code, str(number)),
        label_en=f"{resource.name_en} ({resource.unit_en}){when(since, 'en')}",
        label_id=f"{resource.name_id} ({resource.unit_id}){when(since, 'id')}",
        upper=max(0, resource.capacity - committed),
        committed=committed,
        shown_upper=resource.capacity,
    )
