"""Why not my province? How a run treated a group, from what it wrote down."""

from collections import Counter, defaultdict
from typing import assert_never

from django.db.models import Q

from planner.allocation.problem import reading
from planner.allocation.results import summary
from planner.desk.parts.groups import PROVINCE, UNFIT, share_of
from planner.desk.parts.humans import humans_of
from planner.models import LimitKind, reason_words
from programs.choices import QuotaAttribute
from programs.eligibility.labels import rule_label
from programs.models import Preference, Slot

MOST_SLOTS = 15


def everybody(run):
    """Return how many people the run had, and how many of them it placed."""
    people, placed = run.summary["people"], run.summary["placed"]
    return {"people": people, "placed": placed, "share": share_of(placed, people)}


def of_province(code):
    """Return the rows of a run that are about people of a province ("": abroad)."""
    return Q(**{PROVINCE: code}) if code else Q(**{f"{PROVINCE}__isnull": True})


def of_quota(quota, run):
    """Return the rows of a run that a quota counts, or None where they stay unnamed.

    Disability is encrypted and nobody's business here: its quota is told in numbers, as
    is one whose condition asks for what is confidential.
    """
    person = "application__participant"
    match quota.attribute:
        case QuotaAttribute.REGION_LIST:
            regions = list(quota.region_list.regions.values_list("pk", flat=True))
            there = Q(**{f"{person}__province__in": regions})
            members = there | Q(**{f"{person}__regency__in": regions})
        case QuotaAttribute.PROVINCE:
            members = Q(**{f"{person}__province": quota.province_id})
        case QuotaAttribute.SEX:
            members = Q(**{f"{person}__sex": quota.sex})
        case QuotaAttribute.INSTITUTION:
            members = Q(**{f"{person}__home_institution": quota.institution_id})
        case QuotaAttribute.INSTITUTION_KIND:
            members = Q(**{f"{person}__home_institution__kind": quota.institution_kind})
        case QuotaAttribute.HOST_COUNTRY:
            wished = Preference.objects.filter(slot__country=quota.host_country_id)
            members = Q(application__in=wished.values("application"))
        case QuotaAttribute.CONDITION:
            who = reading.read_grounds([quota], run.intakes.all()).who
            if who.is_private:
                return None
            members = Q(application__in=who.somewhere(quota.condition))
        case QuotaAttribute.DISABILITY:
            return None
        case unknown:
            assert_never(unknown)
    if quota.intake_id:
        return members & Q(application__intake=quota.intake_id)
    if quota.program_id:
        return members & Q(application__intake__program=quota.program_id)
    return members


def group_of(run, member, user):
    """Return how the run treated a group, and what stood in its way.

    Parameters
    ----------
    member: narrows proposals, waiting lists and unplaced people to the group.
    user: the reader; a coordinator sees people of the own programs.
    """
    proposals = run.proposals.visible_to(user).filter(member)
    reserves = run.reserves.visible_to(user).filter(member)
    unplaced = unplaced_of(run, member, user)
    without = list(
        unplaced.only("run", "main_reason", "reasons", "application").order_by("pk")
    )
    reasons = Counter(row.main_reason for row in without)
    placed = humans_of(proposals).keys()
    people = humans_of(unplaced).keys() | placed
    able = humans_of(unplaced.exclude(main_reason__in=UNFIT)).keys() | placed
    return {
        "people": len(people),
        "able": len(able),
        "placed": len(placed),
        "share": share_of(len(placed), len(people)),
        "waiting": len(humans_of(reserves).keys() - placed),
        "num_without": len(without),
        "reasons": [
            {"label": reason_words.reason_label(code), "count": count}
            for code, count in reasons.most_common()
        ],
        "rules": [
            {"label": rule_label(code), "count": count}
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
            for name in reason_words.limits_of(reason):
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
    codes = [slot.name for slot in slots.values()]
    seats = run.prices.filter(kind=LimitKind.SEATS, code__in=codes)
    limits = {limit.code: limit for limit in seats}
    return [
        {
            "slot": slots[pk],
            "asked": count,
            "placed": got[pk],
            "limit": limits.get(slots[pk].name),
        }
        for pk, count in asked.most_common(MOST_SLOTS)
    ]
