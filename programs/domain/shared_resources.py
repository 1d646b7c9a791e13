"""What slots share: how much of it the places that stand use, at the most."""

from collections import Counter, defaultdict
from typing import assert_never

from programs.choices import ResourceKind
from programs.models import Placement, ResourceUse, SharedResource


def most_used():
    """Return {resource id: the most that live places use of it}.

    Of what is used up in total, all of it; of what is in use at the same time, the most
    of any day. Two questions to the database.
    """
    people = Counter(Placement.objects.live().values_list("slot", flat=True))
    parts = defaultdict(list)
    uses = ResourceUse.objects.select_related("resource", "slot")
    for use in uses.filter(slot__in=Placement.objects.live().values("slot")):
        parts[use.resource].append((use.slot, use.taken(people[use.slot_id])))
    return {resource.pk: _most(resource, taken) for resource, taken in parts.items()}


def _most(resource, taken):
    match ResourceKind(resource.kind):
        case ResourceKind.CONSUMED:
            return sum(amount for _slot, amount in taken)
        case ResourceKind.CONCURRENT:
            return max(
                sum(
                    amount
                    for slot, amount in taken
                    if slot.starts_on <= first.starts_on < slot.ends_on
                )
                for first, _amount in taken
            )
        case unknown:
            assert_never(unknown)


def shared_resources_hold(now):
    """Of nothing that slots share is more in use than there is."""
    used = most_used()
    capacity = dict(SharedResource.objects.values_list("pk", "capacity"))
    return [
        (pk, f"{amount} of {capacity[pk]}")
        for pk, amount in used.items()
        if amount > capacity[pk]
    ]
