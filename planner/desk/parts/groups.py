"""How many people of each group applied, and how many of them were placed."""

from collections import Counter

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from programs.choices import Sex
from programs.models import Region

FEWEST = 5
"""Smaller groups are not counted where a condition asks for what is confidential."""
PROVINCE = "application__participant__province"
SEX = "application__participant__sex"
DISABILITY = "application__participant__disability"
UNFIT = ("not_eligible", "no_slot_fits", "nothing_asked_for")


def provinces_of(run, user):
    """Return how many people of each province applied and were placed."""
    placed = _counted(run.proposals.visible_to(user).filter(step=1), PROVINCE)
    unplaced = run.unplaced.visible_to(user)
    without = _counted(unplaced, PROVINCE)
    unfit = _counted(unplaced.filter(main_reason__in=UNFIT), PROVINCE)
    names = Region.objects.in_bulk([pk for pk in {*placed, *without} if pk])
    rows = [
        {
            **_told(
                names[pk].name if pk else _("outside Indonesia"),
                placed[pk],
                placed[pk] + without[pk],
            ),
            "code": pk or "",
            "able": placed[pk] + without[pk] - unfit[pk],
        }
        for pk in {*placed, *without}
    ]
    return sorted(rows, key=lambda row: (row["code"] == "", row["code"]))


def sexes_of(run):
    """Return how many people of each sex applied and were placed."""
    placed = _counted(run.proposals.filter(step=1), SEX)
    without = _counted(run.unplaced, SEX)
    return [
        _told(sex.label, placed[sex], placed[sex] + without[sex])
        for sex in Sex
        if placed[sex] + without[sex]
    ]


def disability_of(run):
    """Return how many people with a disability applied and were placed: numbers only.

    The column is encrypted, so it is counted here and not by the database.
    """
    with_it = [
        sum(map(bool, rows.values_list(DISABILITY, flat=True)))
        for rows in (run.proposals.filter(step=1), run.unplaced)
    ]
    return _told(_("with a disability"), with_it[0], sum(with_it))


def _told(name, placed, people):
    return {
        "name": name,
        "people": people,
        "placed": placed,
        "share": share_of(placed, people),
    }


def _counted(rows, field):
    counts = rows.values_list(field).annotate(count=Count("application", distinct=True))
    return Counter(dict(counts.order_by()))


def share_of(part, whole):
    """Return a part of a whole, or None where there is nobody."""
    return part / whole if whole else None
