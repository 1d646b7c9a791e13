"""What the page of a stay shows: how it is, what was proposed, and what one may do."""

from programs.choices import CHANGING_PLACEMENT_STATES, ChangeState
from programs.domain import stay_changes
from programs.domain.actors import names_of
from programs.models import PlacementChange
from programs.refusals import Refusal


def sides_of(placement, user):
    """Return for whom a reader speaks about a stay; nobody where it is not theirs."""
    try:
        return stay_changes.require_sides(placement, user)
    except Refusal:
        return stay_changes.Sides((), False)


def told(placement, user):
    """Return the changes of a stay, the newest first, with the reader's buttons."""
    sides = sides_of(placement, user)
    changes = placement.changes.select_related("slot", "old_slot")
    changes = list(changes.order_by("-proposed_at"))
    names = names_of(change.proposed_by for change in changes)
    for change in changes:
        change.proposer = names[change.proposed_by]
        change.answers = answers_of(change, sides)
        change.may_withdraw = change.state == ChangeState.PROPOSED and (
            sides.is_coordinator or change.side in sides.own
        )
    is_open = any(change.state == ChangeState.PROPOSED for change in changes)
    may_speak = bool(sides.own) or sides.is_coordinator
    return {
        "changes": changes,
        "may_propose": may_speak
        and not is_open
        and placement.state in CHANGING_PLACEMENT_STATES,
    }


def answers_of(change, sides):
    """Return the sides that the reader may answer for."""
    waiting = change.waits_for
    own = [side for side in waiting if side in sides.own]
    return own or (waiting if sides.is_coordinator else [])


def open_changes(user):
    """Return open changes that the reader sees, the next to lapse first."""
    return (
        PlacementChange.objects.visible_to(user)
        .filter(state=ChangeState.PROPOSED)
        .select_related(
            "slot", "placement__slot", "placement__application__participant"
        )
        .defer(
            "placement__application__participant__nik",
            "placement__application__participant__disability",
        )
        .order_by("answer_by")
    )
