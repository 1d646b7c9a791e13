"""Why not my province? How a run treated a group, from what it wrote down."""

from collections import Counter, defaultdict

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from planner.allocation.results import summary
from planner.models import words
from programs.choices import QuotaAttribute, Sex
from programs.models import Preference, Region, Slot
from programs.models.base import localised

PROVINCE = "application__participant__province"
SEX = "application__participant__sex"
DISABILITY = "application__participant__disability"
UNFIT = ("not_eligible", "no_slot_fits", "nothing_asked_for")
MOST_SLOTS = 15


def everybody(run):
    """Return how many people the run had, and how many of them it placed."""
    people, placed = run.summary["people"], run.summary["placed"]
    return {"people": people, "placed": placed, "share": _share(placed, people)}


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
        "share": _share(placed, people),
    }


def _counted(rows, field):
    counts = rows.values_list(field).annotate(count=Count("application", distinct=True))
    return Counter(dict(counts.order_by()))


def _share(part, whole):
    return part / whole if whole else None


def of_province(code):
    """Return the rows of a run that are about people of a province ("": abroad)."""
    return Q(**{PROVINCE: code}) if code else Q(**{f"{PROVINCE}__isnull": True})


def of_quota(quota):
    """Return the rows of a run that a quota counts, or None where they stay unnamed.

    Disability is encrypted and nobody's business here: its quota is told in numbers.
    """
    person = "application__participant"
    match quota.attribute:
        case QuotaAttribute.REGION_LIST:
            regions = list(quota.region_list.regions.values_list("pk", flat=True))
            there = Q(**{f"{person}__province__in": regions})
            found = there | Q(**{f"{person}__regency__in": regions})
        case QuotaAttribute.PROVINCE:
            found = Q(**{f"{person}__province": quota.province_id})
        case QuotaAttribute.SEX:
            found = Q(**{f"{person}__sex": quota.sex})
        case QuotaAttribute.INSTITUTION:
            found = Q(**{f"{person}__home_institution": quota.institution_id})
        case QuotaAttribute.INSTITUTION_KIND:
            found = Q(**{f"{person}__home_institution__kind": quota.institution_kind})
        case QuotaAttribute.HOST_COUNTRY:
            wished = Preference.objects.filter(slot__country=quota.host_country_id)
            found = Q(application__in=wished.values("application"))
        case _:
            return None
    if quota.intake_id:
        return found & Q(application__intake=quota.intake_id)
    if quota.program_id:
        return found & Q(application__intake__program=quota.program_id)
    return found


def group_of(run, member, user):
    """Return how the run treated a group, and what stood in its way.

    Parameters
    ----------
    member: narrows proposals, waiting lists and unplaced people to the group.
    user: the reader; a coordinator sees people of the own programs.
    """
    proposals = run.proposals.visible_to(user).filter(member)
    reserves = run.reserves.visible_to(user).filter(member)
    placed = proposals.filter(step=1).values("application").distinct()
    without = list(
        unplaced_of(run, member, user).only(
            "run", "main_reason", "reasons", "application"
        )
    )
    reasons = Counter(row.main_reason for row in without)
    people = placed.count() + len(without)
    unfit = sum(reasons[code] for code in UNFIT)
    return {
        "people": people,
        "able": people - unfit,
        "placed": people - len(without),
        "share": _share(people - len(without), people),
        "waiting": reserves.values("application").distinct().count(),
        "reasons": [
            {"label": words.reason_label(code), "count": count}
            for code, count in reasons.most_common()
        ],
        "rules": [
            {"label": words.rule_label(code), "count": count}
            for code, count in summary.rules(without)
        ],
        "limits": limits_of(without),
        "slots": slots_of(run, proposals, without),
    }


def limits_of(unplaced):
    """Return the limits named in the way of these people, by how many they stopped."""
    stopped = defaultdict(set)
    for row in unplaced:
        for reason in row.reasons:
            params = reason.get("params") or {}
            for line in params.get("lines", ()):
                stopped[line].add(row.application_id)
            if "label_en" in params:
                name = localised(params["label_en"], params["label_id"])
                stopped[name].add(row.application_id)
    counts = [(name, len(people)) for name, people in stopped.items()]
    return sorted(counts, key=lambda told: (-told[1], told[0]))


def unplaced_of(run, member, user):
    """Return the people of a group whom the run did not place."""
    return run.unplaced.visible_to(user).filter(member)


def slots_of(run, proposals, unplaced):
    """Return the slots that the group asked for most, and how full they became."""
    held = list(proposals.values_list("application_id", "slot_id"))
    people = {pk for pk, _slot in held} | {row.application_id for row in unplaced}
    wishes = Preference.objects.filter(
        slot__isnull=False, application__intake__in=run.intakes.all()
    ).values_list("application_id", "slot_id")
    asked = Counter(slot for pk, slot in wishes.iterator() if pk in people)
    most = [pk for pk, _count in asked.most_common(MOST_SLOTS)]
    slots = Slot.objects.select_related("host").in_bulk(most)
    got = Counter(slot for _pk, slot in held)
    keys = [f"seats:{slot.code}" for slot in slots.values()]
    limits = {limit.key: limit for limit in run.prices.filter(key__in=keys)}
    return [
        {
            "slot": slots[pk],
            "asked": count,
            "placed": got[pk],
            "limit": limits.get(f"seats:{slots[pk].code}"),
        }
        for pk, count in asked.most_common(MOST_SLOTS)
    ]
