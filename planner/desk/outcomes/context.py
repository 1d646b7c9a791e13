"""Why this person got this place, or none: from what the run wrote down."""

from django.utils.translation import gettext_lazy

from planner.desk.parts.verdicts import COLOURS, VERDICTS, state_of
from planner.mailing.answers import decided
from programs import eligibility, formats
from programs.costing import units_to_rupiah
from programs.models import CostCategory, FundingSource

PARTS = {
    "placement": gettext_lazy("being placed"),
    "arrival": gettext_lazy("arriving by the pathway, by its chance"),
    "priority": gettext_lazy("carry-over points"),
    "merit": gettext_lazy("merit"),
    "skills": gettext_lazy("skill fit"),
    "preference": gettext_lazy("rank of the preference"),
    "host": gettext_lazy("the host's score"),
    "condition": gettext_lazy("meeting the condition of the objective"),
}


def explanation_of(run, application):
    """Return the outcome of one person and what stands behind it."""
    proposals = list(
        run.proposals.filter(application=application)
        .select_related("slot__host", "slot__country", "pathway")
        .order_by("step")
    )
    reserves = list(
        run.reserves.filter(application=application).select_related("slot__host")
    )
    unplaced = run.unplaced.filter(application=application).first()
    wishes = list(
        application.preferences.select_related("slot__host", "pathway").order_by("rank")
    )
    outcome = decided(run, application)
    return {
        "proposals": told_proposals(proposals),
        "reserves": reserves,
        "unplaced": unplaced,
        "wishes": wishes,
        "verdicts": verdicts_of(run, application, wishes),
        "decided": outcome,
        "asks_why": outcome is None or outcome["is_asked_why"],
    }


def told_proposals(proposals):
    """Return proposals with their value in named parts and their money in lines."""
    lines = [line for proposal in proposals for line in proposal.funding]
    sources = FundingSource.objects.in_bulk(
        {line["source"] for line in lines}, field_name="code"
    )
    categories = CostCategory.objects.in_bulk({line["category"] for line in lines})
    return [
        {
            "proposal": proposal,
            "parts": [
                {"label": PARTS[part], "points": points}
                for part, points in proposal.value.items()
                if points
            ],
            "total": sum(proposal.value.values()),
            "funding": [
                {
                    "source": sources.get(line["source"], line["source"]),
                    "category": categories.get(line["category"], line["category"]),
                    "year": line["year"],
                    "in_words": formats.rupiah(units_to_rupiah(line["amount"])),
                }
                for line in proposal.funding
            ],
        }
        for proposal in proposals
    ]


def verdicts_of(run, application, wishes):
    """Return what the rules say of each wished slot, with the data of now."""
    slots = [wish.slot for wish in wishes if wish.slot_id]
    pathways = [wish.pathway for wish in wishes if wish.pathway_id]
    if not wishes:
        return []
    return [
        {
            "place": verdict.pathway or verdict.slot,
            "colour": COLOURS[state_of(verdict)],
            "label": VERDICTS[state_of(verdict)],
            "reasons": [
                {"text": eligibility.text(reason), "earliest": reason.earliest}
                for reason in verdict.reasons
            ],
        }
        for verdict in eligibility.verdicts(
            application=application, slots=slots, pathways=pathways, on=run.on
        )
    ]
