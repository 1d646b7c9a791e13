"""How many people of each group applied, and how many of them were placed."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from planner.desk.parts.humans import humans_of
from planner.models.fairness_words import GroupBy
from programs.choices import Sex
from programs.models import Region

PROVINCE = "application__participant__province"
UNFIT = ("not_eligible", "no_slot_fits", "nothing_asked_for")


def provinces_of(run, user):
    """Return how many people of each province applied and were placed."""
    proposals, unplaced = run.proposals.visible_to(user), run.unplaced.visible_to(user)
    placed = humans_of(proposals, "province")
    everybody = humans_of(unplaced, "province") | placed
    able = humans_of(unplaced.exclude(main_reason__in=UNFIT), "province") | placed
    counts = [Counter(people.values()) for people in (placed, everybody, able)]
    names = Region.objects.in_bulk([pk for pk in counts[1] if pk])
    rows = [
        {
            **_told(
                names[pk].name if pk else _("outside Indonesia"),
                counts[0][pk],
                counts[1][pk],
            ),
            "code": pk or "",
            "able": counts[2][pk],
        }
        for pk in counts[1]
    ]
    return sorted(rows, key=lambda row: (row["code"] == "", row["code"]))


def sexes_of(run):
    """Return how many people of each sex applied and were placed."""
    placed = humans_of(run.proposals, "sex")
    everybody = Counter((humans_of(run.unplaced, "sex") | placed).values())
    placed = Counter(placed.values())
    return [
        _told(sex.label, placed[sex], everybody[sex]) for sex in Sex if everybody[sex]
    ]


def disability_of(run):
    """Return how many people with a disability applied and were placed: numbers only.

    They were counted with the plan, where a small group is nobody's to see. Runs of
    earlier releases lack it: the column is encrypted, so it is counted here and not by
    the database.
    """
    if facts := run.summary.get("fairness"):
        told = [g for g in facts["groups"] if g["by"] == GroupBy.DISABILITY]
        counted = [g for g in told if g["people"] is not None]
        sums = [sum(group[name] for group in counted) for name in ("placed", "people")]
        return _told(_("with a disability"), *sums)
    placed = humans_of(run.proposals, "disability")
    everybody = humans_of(run.unplaced, "disability") | placed
    with_it = [sum(map(bool, people.values())) for people in (placed, everybody)]
    return _told(_("with a disability"), *with_it)


def _told(name, placed, people):
    return {
        "name": name,
        "people": people,
        "placed": placed,
        "share": share_of(placed, people),
    }


def share_of(part, whole):
    """Return a part of a whole, or None where there is nobody."""
    return part / whole if whole else None
