"""Caps of immigration routes: entries in a period, and people staying at one time."""

from collections import Counter, defaultdict
from datetime import date
from typing import NamedTuple, assert_never

import numpy as np
from django.utils import translation

from planner.allocation.problem.builder import Draft, Limit
from planner.allocation.problem.options import Offers, Pairs
from planner.allocation.problem.reading import Reading
from planner.models import LimitKey, LimitKind
from programs.choices import CapCounts
from programs.domain import route_caps
from programs.models import RouteCap, Slot

from .cliques import cliques

Days = tuple[date, date]
"""A half-open stay."""


def add(draft: Draft, rows: Reading, offers: Offers, pairs: Pairs) -> None:
    """Add each cap once, for each year, or for each time in which stays meet in it."""
    option, pair = offers.expand()
    for cap in rows.route_caps:
        slots = [at for at, slot in enumerate(rows.slots) if draws_on(slot, cap)]
        if not slots:
            continue
        kept = Counter(
            (placement.starts_on, placement.ends_on)
            for placement in rows.kept
            if draws_on(placement.slot, cap)
        )
        days = {at: (rows.slots[at].starts_on, rows.slots[at].ends_on) for at in slots}
        for part in parts(cap, days, kept):
            limit = draft.add_limit(limit_of(cap, part))
            counts = np.zeros(len(rows.slots), np.int64)
            counts[part.slots] = 1
            used = counts[pairs.slot[pair]]
            draft.use(option[used > 0], limit, used[used > 0])


class Part(NamedTuple):
    """What a cap counts together: positions of slots, and people decided already."""

    name: str
    slots: list[int]
    decided: int
    year: int | None = None
    day: date | None = None


def draws_on(slot: Slot, cap: RouteCap) -> bool:
    """Return whether places of a slot count towards a cap, in its period."""
    return slot.route_id == cap.route_id and cap.covers(
        slot.intake.program.priority_sector
    )


def parts(cap: RouteCap, days: dict[int, Days], kept: Counter[Days]) -> list[Part]:
    """Return what is limited.

    Parameters
    ----------
    days: stays by the position of their slots. kept: people by the days of their stays.
    """
    match CapCounts(cap.counts):
        case CapCounts.ENTRIES:
            return entries(cap, days, kept)
        case CapCounts.STAYING:
            return staying(cap, days, kept)
        case unknown:
            assert_never(unknown)


def entries(cap: RouteCap, days: dict[int, Days], kept: Counter[Days]) -> list[Part]:
    """Return whose first days are counted together: all, or those of a year."""

    def year_of(first: date) -> int | None:
        return first.year if cap.is_yearly else None

    members: dict[int | None, list[int]] = defaultdict(list)
    for at, (first, _after) in days.items():
        if cap.holds_on(first):
            members[year_of(first)].append(at)
    decided: Counter[int | None] = Counter()
    for (first, _after), people in kept.items():
        if cap.holds_on(first):
            decided[year_of(first)] += people
    return [
        Part(f"{cap.code}-{year}" if year else cap.code, slots, decided[year], year)
        for year, slots in sorted(members.items(), key=str)
    ]


def staying(cap: RouteCap, days: dict[int, Days], kept: Counter[Days]) -> list[Part]:
    """Return which stays meet on one day of the period."""
    stays: list[tuple[int | None, int, Days | None]] = []
    stays += [(at, 0, cap.span(*stay)) for at, stay in days.items()]
    stays += [(None, people, cap.span(*stay)) for stay, people in kept.items()]
    there = [(at, people, span) for at, people, span in stays if span]
    found = []
    for number, (together, since) in enumerate(cliques([s for *_who, s in there])):
        slots = [
            at for at, *_rest in map(there.__getitem__, together) if at is not None
        ]
        decided = sum(there[i][1] for i in together)
        if slots:
            name = f"{cap.code}-{number}"
            found.append(Part(name, slots, decided, day=since))
    return found


def limit_of(cap: RouteCap, part: Part) -> Limit:
    """Return what is left of a cap."""
    labels = {}
    for language in ("en", "id"):
        with translation.override(language):
            labels[language] = route_caps.said(cap, year=part.year, day=part.day)
    return Limit(
        key=LimitKey(LimitKind.ROUTE, cap.route.code, part.name),
        label_en=labels["en"],
        label_id=labels["id"],
        upper=max(0, cap.most - part.decided),
        committed=part.decided,
        shown_upper=cap.most,
    )
