"""What slots share: how much of it the places that stand use, at the most."""

from collections import Counter, defaultdict
from typing import assert_never

from django.utils.translation import gettext as _

from programs import formats
from programs.choices import ResourceKind
from programs.models import Placement, ResourceUse


def most_used(kind, uses, held, during=None):
    """Return how much of a resource is used at most: in all, or of any day.

    Parameters
    ----------
    kind: of the resource. uses: its ``ResourceUse`` rows, with their slots.
    held: {slot id: people who hold a place}.
    during: a slot, if only the days while it runs are looked at.
    """
    amounts = [
        (use.slot.starts_on, use.slot.ends_on, use.taken(held.get(use.slot_id, 0)))
        for use in uses
    ]
    match ResourceKind(kind):
        case ResourceKind.CONSUMED:
            return sum(amount for _start, _end, amount in amounts)
        case ResourceKind.CONCURRENT:
            days = {start for start, _end, _amount in amounts}
            if during is not None:
                first, after = during.starts_on, during.ends_on
                days = {first, *(day for day in days if first <= day < after)}
            return max(
                sum(amount for start, end, amount in amounts if start <= day < end)
                for day in days
            )
        case unknown:
            assert_never(unknown)


def shared_resources_hold(now):
    """Of nothing that slots share is more in use than there is. Two questions."""
    held = Counter(Placement.objects.live().values_list("slot", flat=True))
    parts = defaultdict(list)
    uses = ResourceUse.objects.select_related("resource", "slot")
    for use in uses.filter(slot__in=Placement.objects.live().values("slot")):
        parts[use.resource].append(use)
    used = {each: most_used(each.kind, own, held) for each, own in parts.items()}
    return [
        (
            resource.pk,
            _("%(use)s of %(most)s")
            % {
                "use": formats.number(amount),
                "most": formats.number(resource.capacity),
            },
        )
        for resource, amount in used.items()
        if amount > resource.capacity
    ]
