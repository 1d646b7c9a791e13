"""How fair a plan is, as pages show it; the figures were counted with the plan."""

from django.utils.translation import gettext as _

from planner.models.fairness_words import GroupBy, index_of, sentences
from planner.models.small_counts import FEWEST
from programs.choices import Sex
from programs.models import Institution, Region, RegionList


def fairness_of(run):
    """Return the fairness of a run's plan in words; runs of earlier releases lack it.

    Three queries, for the names of groups.
    """
    facts = run.summary.get("fairness")
    if not facts:
        return {"fairness": None}
    names = names_of(facts["groups"])
    places = facts["unranked"] + sum(count for _rank, count in facts["preferences"])
    tables = [
        {
            "label": by.label,
            "rows": [
                told(group, facts, names[by])
                for group in facts["groups"]
                if group["by"] == by
            ],
        }
        for by in GroupBy
    ]
    return {
        "fairness": {
            "sentences": sentences(facts),
            "preferences": [
                {
                    "rank": rank,
                    "count": count,
                    "share": count / places if places else None,
                }
                for rank, count in facts["preferences"]
            ],
            "unranked": facts["unranked"],
            "places": places,
            "tables": [table for table in tables if table["rows"]],
            "least": FEWEST,
        }
    }


def told(group, whole, names):
    """Return a group with its share and its representation index."""
    placed, people = group["placed"], group["people"]
    return {
        "name": names.get(group["key"], group["key"]),
        "people": people,
        "placed": placed,
        "share": placed / people if people else None,
        "index": index_of(group, whole),
    }


def names_of(groups):
    """Return {attribute: {key: name}} of these groups."""
    keys = {
        by: [g["key"] for g in groups if g["by"] == by and g["key"]] for by in GroupBy
    }
    return {
        GroupBy.PROVINCE: {"": _("outside Indonesia")}
        | _named(Region, keys[GroupBy.PROVINCE]),
        GroupBy.INSTITUTION: {"": _("none named")}
        | _named(Institution, keys[GroupBy.INSTITUTION]),
        GroupBy.LIST: _named(RegionList, keys[GroupBy.LIST]),
        GroupBy.SEX: {str(value): label for value, label in Sex.choices},
        GroupBy.DISABILITY: {"yes": _("with a disability")},
    }


def _named(model, keys):
    return {str(pk): row.name for pk, row in model.objects.in_bulk(keys).items()}


def side_by_side(before, after):
    """Return the fairness of two runs, figure by figure; None where one lacks it."""
    facts = [run.summary.get("fairness") for run in (before, after)]
    if not all(facts):
        return None
    rows = [
        (
            _("first preference"),
            lambda each: dict(map(tuple, each["preferences"])).get(1, 0),
        ),
        (
            _("worst preference that anybody got"),
            lambda each: each["preferences"][-1][0] if each["preferences"] else None,
        ),
        (_("last of several open preferences"), lambda each: each["last"]),
        (_("people who justly envy"), lambda each: each["envious"]),
        (_("blocking pairs"), lambda each: each["blocking"]),
    ]
    told = [
        {"label": label, "before": get(facts[0]), "after": get(facts[1])}
        for label, get in rows
    ]
    for row in told:
        known = row["before"] is not None and row["after"] is not None
        row["difference"] = row["after"] - row["before"] if known else None
    return told
