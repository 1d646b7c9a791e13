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
    """No coordinator has ruled the pair out."""
    return (f.marks[f.mark_row[p], s] & FORBID) != 0, FAIL


def _state(f: Facts, p: int, s: int) -> Numbers:
    return [({"state": f.slots.facts[s]["state"]}, None)]


OTHER_INTAKE = Rule("other_intake", other_intake, silent)
SLOT_CLOSED = Rule("slot_closed", slot_closed, _state)
HOST_VETO = Rule("host_veto", host_veto, silent)
FORBIDDEN = Rule("forbidden", forbidden, silent)
