"""What runs said about a person, for the right of access: outcome and reasons."""

from typing import Any

from planner.models import OWN_CODE, Message, MessageState, Proposal, Unplaced
from programs.models import Participant


def held(participant: Participant) -> dict[str, list[dict[str, Any]]]:
    """Return what each run proposed for a person, or why it found no place.

    Reasons are told as to the participant: without other people's data.
    """
    own = {"application__participant": participant}
    placed = Proposal.objects.filter(**own).select_related("run", "slot")
    unplaced = Unplaced.objects.filter(**own).select_related("run")
    plans: list[dict[str, Any]] = [
        {"run": row.run.number, "outcome": str(row.slot)}
        for row in placed.order_by("run__number")
    ]
    plans += [
        {
            "run": row.run.number,
            "outcome": str(row.main_reason_label),
            "reasons": [str(each) for each in row.for_participant()],
        }
        for row in unplaced.order_by("run__number")
    ]
    messages = Message.objects.filter(**own, state=MessageState.SENT)
    told = [
        {
            "sent_at": row.sent_at,
            "subject": row.subject,
            "body": row.body.replace(OWN_CODE, "…"),
        }
        for row in messages.order_by("sent_at")
    ]
    return {"plans": plans, "messages": told}
