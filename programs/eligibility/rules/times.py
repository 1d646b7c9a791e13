"""Rules about time: free, not placed elsewhere, steps one after the other."""

from datetime import date, timedelta
from typing import Any

from programs.eligibility.columns import Array, At
from programs.eligibility.facts import Facts

from .rule import FAIL, Broken, Numbers, Rule


def availability(f: Facts, p: At, s: At) -> Broken:
    """The whole stay lies in one time in which the person is free."""
    free = False
    for place in range(f.people.free_from.shape[1]):
        covers = f.people.free_from[p, place] <= f.slots.start[s]
        free |= covers & (f.people.free_to[p, place] >= f.slots.end[s])
    return ~free, FAIL


def already_placed(f: Facts, p: At, s: At) -> Broken:
    """No stay that stands, of another application, meets this one or the journey."""
    busy = False
    for place in range(f.people.busy_from.shape[1]):
        gap = _gap(f, p, s, place)
        overlaps = f.people.busy_from[p, place] < f.slots.end[s] + gap
        busy |= overlaps & (f.people.busy_to[p, place] + gap > f.slots.start[s])
    return busy, FAIL


def _gap(f: Facts, p: At, s: At, place: int) -> Array:
    """Return the days of the journey between a stay that stands and another one."""
    is_abroad = f.people.busy_country[p, place] != f.slots.country[s]
    return is_abroad * (f.people.busy_travel[p, place] + f.slots.travel_days[s])


def step_order(f: Facts, p: At, s: At) -> Broken:
    """A step begins after the step before it has ended, and the journey from it."""
    return f.slots.start[s] < f.slots.not_before[s], FAIL


def _stay(f: Facts, p: int, s: int) -> Numbers:
    row = f.slots.facts[s]
    return [
        ({"from": row["starts_on"].isoformat(), "to": row["ends_on"].isoformat()}, None)
    ]


def _placed(f: Facts, p: int, s: int) -> Numbers:
    start, end = int(f.slots.start[s]), int(f.slots.end[s])
    clashes = []
    for place in range(f.people.busy_from.shape[1]):
        first, after = (
            int(days[p, place]) for days in (f.people.busy_from, f.people.busy_to)
        )
        gap = int(_gap(f, p, s, place))
        meets = first < end + gap and after + gap > start
        if meets and f.people.busy_own[p, place]:
            clashes.append((first, after, gap))
    if not clashes:  # of a registration that is another institution's to know
        return [({"checked": True}, None)]
    numbers: dict[str, Any] = {
        "from": date.fromordinal(min(first for first, *_rest in clashes)).isoformat(),
        "to": date.fromordinal(max(after for _a, after, _gap in clashes)).isoformat(),
    }
    free = date.fromordinal(max(after + gap for _a, after, gap in clashes))
    if gap := max(gap for *_days, gap in clashes):
        numbers |= {"gap": gap, "free": free.isoformat()}
    return [(numbers, free)]


def _order(f: Facts, p: int, s: int) -> Numbers:
    earliest = date.fromordinal(int(f.slots.not_before[s]))
    numbers: dict[str, Any] = {"earliest": earliest.isoformat()}
    if gap := int(f.slots.step_gap[s]):
        numbers |= {"gap": gap, "ended": (earliest - timedelta(gap)).isoformat()}
    return [(numbers, earliest)]


AVAILABILITY = Rule("not_available", availability, _stay)
ALREADY_PLACED = Rule("already_placed", already_placed, _placed)
STEP_ORDER = Rule("step_order", step_order, _order)
