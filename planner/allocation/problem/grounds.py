"""What quotas look at besides the rows themselves: lists of regions, and conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from programs.conditions.judging import Judge
from programs.conditions.who import Days, Who
from programs.models import Application, Quota, RegionList, Slot

Regions = Mapping[UUID, set[str]]
"""{region list: ids of its regions}."""


@dataclass(frozen=True, eq=False)
class Grounds:
    """The regions of lists that quotas name, and who meets their conditions where."""

    regions: Regions
    who: Who


def read(
    quotas: list[Quota],
    applications: QuerySet[Application],
    slots: QuerySet[Slot],
    days: Days | None = None,
    judge: Judge | None = None,
) -> Grounds:
    """Read them in a constant number of queries; nothing of what no quota asks for.

    Parameters
    ----------
    applications, slots: all that may be asked about. days: of slots that a scenario
        moves. judge: what is known of these people already, shared with other rules.
    """
    texts = {
        quota.condition: _("the quota %(quota)s") % {"quota": quota.code}
        for quota in quotas
        if quota.condition
    }
    who = Who(texts, applications, slots, days, judge)
    return Grounds(regions_of(quotas), who)


def regions_of(quotas: list[Quota]) -> Regions:
    """Return {region list id: ids of its regions} of the lists the quotas name."""
    lists = {quota.region_list_id for quota in quotas if quota.region_list_id}
    regions: dict[UUID, set[str]] = {pk: set() for pk in lists}
    entries = RegionList.regions.through.objects.filter(regionlist__in=lists)
    for pk, region in entries.values_list("regionlist_id", "region_id"):
        regions[pk].add(region)
    return regions


NONE = Grounds({}, Who({}, Application.objects.none(), Slot.objects.none()))
"""Those of no quota at all."""
