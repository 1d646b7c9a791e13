"""Everybody else in a season: each takes the next step that is theirs."""

from programs.choices import ChangeSide, ChangeState, PlacementState, SlotState
from programs.domain import placements, slots, stay_changes, transactions
from programs.domain.actors import SYSTEM
from programs.models import Placement, Slot

from .stage import coordinator

AS_HOST = {
    PlacementState.ACCEPTED: placements.confirm,
    PlacementState.DEPARTED: placements.arrive,
    PlacementState.ARRIVED: placements.complete,
}
AS_SENDER = {
    PlacementState.OFFERED: placements.accept,
    PlacementState.CONFIRMED: placements.depart,
}
"""What a host and a sender do next, by the state they find."""


@transactions.verb
def step(*, intake, institution, now):
    """Let the others take their next step; return the placements that moved.

    The ministry opens what the institution proposed; hosts answer for people whom it
    sends, senders for people whom it receives, and either agrees to changes of stays
    that it proposed. What is its own to do is left alone.
    """
    with transactions.atomic():
        proposed = Slot.objects.filter(intake=intake, state=SlotState.PROPOSED)
        for slot in proposed.select_related("intake__program"):
            slots.open_(slot=slot, by=coordinator(), now=now)
        rows = Placement.objects.filter(slot__intake=intake).order_by("pk")
        rows = rows.select_related("application", "slot__intake__program")
        rows = list(rows)
        for row in rows:
            _agree(row, institution, now)
        return [row for row in rows if _move(row, institution, now)]


def _agree(placement, institution, now):
    """Agree to what the institution proposed for a stay, as the other side."""
    parties = {
        ChangeSide.SENDER: placement.application.nominated_by_id,
        ChangeSide.HOST: placement.slot.host_id,
    }
    for change in placement.changes.filter(state=ChangeState.PROPOSED):
        for side in change.waits_for:
            if parties[side] != institution.pk:
                stay_changes.agree(change=change, by=coordinator(), now=now, side=side)
    placement.refresh_from_db()


def _move(placement, institution, now):
    verb = None
    if placement.slot.host_id != institution.pk:
        verb = AS_HOST.get(placement.state)
    if placement.application.nominated_by_id != institution.pk:
        verb = verb or AS_SENDER.get(placement.state)
    if verb is None:
        return False
    verb(placement=placement, by=SYSTEM, now=now)
    return True
