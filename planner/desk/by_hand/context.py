"""A comparison as its page shows it."""

from django.utils.translation import gettext_lazy as _

from planner.models import loss_words
from planner.models.by_hand_words import Sameness
from programs.models import Application

MOST_PEOPLE = 500
"""People that are shown one by one."""
MOST_TOLD = 100
"""Sentences of a kind that are shown."""
COLOURS = {
    Sameness.OTHER: "info",
    Sameness.OURS: "warning",
    Sameness.THEIRS: "plain",
}


def told(comparison, user):
    """Return what the page shows of a comparison; names only as the reader may see."""
    shown = comparison.differences[:MOST_PEOPLE]
    people = named([each.person.application for each in shown], user)
    return {
        "comparison": comparison,
        "headline": comparison.headline,
        "against": comparison.against[:MOST_TOLD],
        "violations": comparison.violations[:MOST_TOLD],
        "figures": figures(comparison),
        "quotas": [quota(each) for each in comparison.quotas],
        "counts": [
            (Sameness.SAME.label, comparison.same),
            (_("no place in either"), comparison.neither),
            *(
                (what.label, comparison.count(what))
                for what in (Sameness.OTHER, Sameness.OURS, Sameness.THEIRS)
            ),
        ],
        "people": [
            {
                "row": each,
                "label": each.what.label,
                "colour": COLOURS[each.what],
                "application": people.get(each.person.application),
            }
            for each in shown
        ],
        "unnamed": len(comparison.differences) - len(shown),
        "bad": [bad(row) for row in comparison.plan.bad[:MOST_TOLD]],
    }


def named(ids, user):
    """Return {application id: application} of those whom the reader may see."""
    rows = Application.objects.visible_to(user).select_related("participant")
    return rows.defer("participant__nik", "participant__disability").in_bulk(ids)


def figures(comparison):
    """Return the figures of both plans side by side, goals in their order."""
    return [
        {
            "label": tier.label,
            "ours": tier.shown(both.ours),
            "theirs": tier.shown(both.theirs),
            "gain": tier.shown(both.ours) - tier.shown(both.theirs),
        }
        for tier, both in comparison.tiers
    ]


def quota(pair):
    """Return how a quota stands in both plans, in words: ours, then by hand."""
    return {"name": pair.quota.name, "plans": list(map(standing, pair.told))}


def standing(told):
    """Return who counts, and by how many people the quota is missed, if it is."""
    return {
        "having": loss_words.having(told),
        "missed": loss_words.missed_by(told) if told["is_missed"] else "",
    }


def bad(row):
    """Return a row that could not be read, with what is expected in each cell."""
    return {
        "number": row.number,
        "problems": [
            {
                "column": problem.column,
                "value": row.cells.get(problem.column, "")[:60],
                "expectation": problem.expectation,
            }
            for problem in row.problems
        ],
    }
