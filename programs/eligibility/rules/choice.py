"""Rules about what host, coordinator and calendar of the intake have settled."""

from programs.eligibility.columns import At
from programs.eligibility.facts import FORBID, VETO, Facts

from .rule import FAIL, Broken, Numbers, Rule, silent


def other_intake(f: Facts, p: At, s: At) -> Broken:
    """A person gets slots of the intake applied to (or steps of its pathways)."""
    return f.people.intake[p] != f.slots.intake[s], FAIL


def slot_closed(f: Facts, p: At, s: At) -> Broken:
    """The host still offers the slot."""
    return ~f.slots.is_open[s], FAIL


def host_veto(f: Facts, p: At, s: At) -> Broken:
    """The host has not said no to this person."""
    return (f.marks[f.mark_row[p], s] & VETO) != 0, FAIL


def forbidden(f: Facts, p: At, s: At) -> Broken:
    """No coordinator has ruled the pair out, for the person or for a group."""
    own = (f.marks[f.mark_row[p], s] & FORBID) != 0
    return own | f.groups.forbid(p, s), FAIL


def _ban(f: Facts, p: int, s: int) -> Numbers:
    """Name the groups that are ruled out; a word about the person says all there is."""
    if f.marks[f.mark_row[p], s] & FORBID:
        return [({}, None)]
    groups = [group for group in f.groups.bans if group.holds(p, s)]
    return [({"group": group.names}, None) for group in groups]


def _state(f: Facts, p: int, s: int) -> Numbers:
    return [({"state": f.slots.facts[s]["state"]}, None)]


OTHER_INTAKE = Rule("other_intake", other_intake, silent)
SLOT_CLOSED = Rule("slot_closed", slot_closed, _state)
HOST_VETO = Rule("host_veto", host_veto, silent)
FORBIDDEN = Rule("forbidden", forbidden, _ban)
