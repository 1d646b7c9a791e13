"""Rules about time: free, not placed elsewhere, steps one after the other."""

from datetime import date

from programs.eligibility.columns import At
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
    """No placement that stands, of another application, overlaps the stay."""
    busy = False
    for place in range(f.people.busy_from.shape[1]):
        overlaps = f.people.busy_from[p, place] < f.slots.end[s]
        busy |= overlaps & (f.people.busy_to[p, place] > f.slots.start[s])
    return busy, FAIL


def step_order(f: Facts, p: At, s: At) -> Broken:
    """A step begins after the step before it has ended."""
    return f.slots.start[s] < f.slots.not_before[s], FAIL


def _stay(f: Facts, p: int, s: int) -> Numbers:
    row = f.slots.facts[s]
    return [
        ({"from": row["starts_on"].isoformat(), "to": row["ends_on"].isoformat()}, None)
    ]


def _placed(f: Facts, p: int, s: int) -> Numbers:
    start, end = f.slots.start[s], f.slots.end[s]
    people = f.people
    times = zip(people.busy_from[p], people.busy_to[p], people.busy_own[p], strict=True)
    clashing = [(a, b, own) for a, b, own in times if a < end and b > start]
    clashes = [(a, b) for a, b, own in clashing if own]
    if not clashes:  # of a registration that is another institution's to know
        return [({"checked": True}, None)]
    until = date.fromordinal(int(max(b for _a, b in clashes)))
    since = date.fromordinal(int(min(a for a, _b in clashes)))
    return [({"from": since.isoformat(), "to": until.isoformat()}, until)]


def _order(f: Facts, p: int, s: int) -> Numbers:
    earliest = date.fromordinal(int(f.slots.not_before[s]))
    return [({"earliest": earliest.isoformat()}, earliest)]


AVAILABILITY = Rule("not_available", availability, _stay)
ALREADY_PLACED = Rule("already_placed", already_placed, _placed)
STEP_ORDER = Rule("step_order", step_order, _order)
