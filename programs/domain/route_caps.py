"""Caps of immigration routes: in words, and how much of them is used."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import NamedTuple, assert_never

from django.utils.translation import gettext as _

from programs import formats
from programs.choices import CapCounts
from programs.models import DAY_AFTER, FIRST_DAY, Placement


class Use(NamedTuple):
    """People who count towards a cap, and when.

    ``year`` is that of entries counted by year, ``day`` the first on which so many
    stay; both are None where the entries of the whole period are counted.
    """

    people: int
    year: int | None = None
    day: date | None = None


def used(caps):
    """Return {cap id: uses by the places that stand, the greatest first}.

    Of people staying there is one use: the greatest number on any day.

    Parameters
    ----------
    caps: rows of ``RouteCap``. The places of their routes are read in one query.
    """
    stays = defaultdict(Counter)
    rows = Placement.objects.live().filter(slot__route__in={c.route_id for c in caps})
    fields = ("slot__route", "slot__intake__program__priority_sector")
    for route, *stay in rows.values_list(*fields, FIRST_DAY, DAY_AFTER):
        stays[route][tuple(stay)] += 1
    return {cap.pk: of_stays(cap, stays[cap.route_id]) for cap in caps}


def of_stays(cap, stays):
    """Return the uses of one cap by stays, the greatest first.

    Parameters
    ----------
    stays: {(sector, first day, day after): people}.
    """
    own = [
        (first, after, people)
        for (sector, first, after), people in stays.items()
        if cap.covers(sector)
    ]
    match CapCounts(cap.counts):
        case CapCounts.ENTRIES:
            return _entries(cap, own)
        case CapCounts.STAYING:
            return _staying(cap, own)
        case unknown:
            assert_never(unknown)


def _entries(cap, stays):
    people = Counter()
    for first, _after, number in stays:
        if cap.holds_on(first):
            people[first.year if cap.is_yearly else None] += number
    uses = [Use(number, year) for year, number in people.items()]
    return sorted(uses, key=lambda use: (-use.people, use.year or 0))


def _staying(cap, stays):
    change = Counter()
    for first, after, number in stays:
        if span := cap.span(first, after):
            change[span[0]] += number
            change[span[1]] -= number
    staying, greatest = 0, None
    for day in sorted(change):
        staying += change[day]
        if greatest is None or staying > greatest.people:
            greatest = Use(staying, day=day)
    return [greatest] if greatest else []


def said(cap, *, year=None, day=None):
    """Return what a cap counts, in words.

    Parameters
    ----------
    cap: with its route. year: of a cap that is counted anew each year.
    day: on which people are counted who stay.
    """
    if day is not None:
        return _("%(cap)s (on %(day)s)") % {"cap": said(cap), "day": formats.day(day)}
    whom = cap.route.name
    if cap.sector:
        whom = f"{whom}, {cap.get_sector_display()}"
    told = {"whom": whom, "year": year, "first": formats.day(cap.valid_from)}
    if cap.valid_to is not None:
        told["last"] = formats.day(cap.valid_to - timedelta(days=1))
    match CapCounts(cap.counts):
        case CapCounts.ENTRIES if year is not None:
            return _("%(whom)s: entries in %(year)s") % told
        case CapCounts.ENTRIES if cap.valid_to is None:
            return _("%(whom)s: entries from %(first)s on") % told
        case CapCounts.ENTRIES:
            return _("%(whom)s: entries from %(first)s to %(last)s") % told
        case CapCounts.STAYING if cap.valid_to is None:
            return _("%(whom)s: people staying from %(first)s on") % told
        case CapCounts.STAYING:
            return _("%(whom)s: people staying until %(last)s") % told
        case unknown:
            assert_never(unknown)
