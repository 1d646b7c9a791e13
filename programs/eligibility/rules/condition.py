"""The rule that program and slot have written themselves: their condition."""

import numpy as np

from programs.conditions import write
from programs.conditions.gaps import gaps
from programs.conditions.tree import leaves
from programs.eligibility.columns import At
from programs.eligibility.conditions import BROKEN
from programs.eligibility.facts import Facts

from .rule import FAIL, MEND, Broken, Numbers, Rule


def condition(f: Facts, p: At, s: At) -> Broken:
    """The condition of program and slot holds; what is not known yet can be stated."""
    if not f.asked.anything:
        return False, FAIL
    answer = f.asked.answer[p, f.asked.question[s]]
    can_wait = (answer < BROKEN) & (f.on[s] < f.slots.start[s])
    return answer != 0, np.where(can_wait, MEND, FAIL)


def _describe(f: Facts, p: int, s: int) -> Numbers:
    known, node = f.asked.known, f.asked.nodes[s]
    if known is None or node is None:
        return []
    told: Numbers = []
    for gap in gaps(known, node, f.asked.cases[s], p):
        if any(map(known.is_private, leaves(gap.needed))):
            told.append(({"private": True}, None))
            continue
        numbers = {
            "needed": write(gap.needed),
            "held": gap.held,
            "unknown": list(gap.unknown),
        }
        if names := known.names(gap.needed):
            numbers["names"] = names
        told.append((numbers, gap.earliest))
    return told


CONDITION = Rule("condition", condition, _describe)
