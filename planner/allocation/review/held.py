"""What runs said about a person, for the right of access: outcome and reasons."""

from planner.models import Proposal, Unplaced


def held(participant):
    """Return what each run proposed for a person, or why it found no place.

    Reasons are told as to the participant: without other people's data.
    """
    own = {"application__participant": participant}
    placed = Proposal.objects.filter(**own).select_related("run", "slot")
    unplaced = Unplaced.objects.filter(**own).select_related("run")
    return {
        "plans": [
            {"run": row.run.number, "outcome": str(row.slot)}
            for row in placed.order_by("run__number")
        ]
        + [
            {
                "run": row.run.number,
                "outcome": str(row.main_reason_label),
                "reasons": [str(each) for each in row.for_participant()],
            }
            for row in unplaced.order_by("run__number")
        ]
    }
