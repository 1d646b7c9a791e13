"""The rule that program and slot have written themselves: their condition."""

import numpy as np

from programs.conditions import write
from programs.conditions.gaps import gaps
from programs.conditions.tree import leaves
from programs.eligibility.columns import At
from programs.eligibility.conditions import AWAITED, BROKEN, KEPT
from programs.eligibility.facts import Facts

from .rule import FAIL, MEND, WARN, Broken, Numbers, Rule


def condition(f: Facts, p: At, s: At) -> Broken:
    """The condition of program and slot holds; what is not known yet can be stated.

    What may still be met by the day it names is waited for: a plan may use the pair.
    """
    if not f.asked.anything:
        return False, FAIL
    answer = f.asked.answer[p, f.asked.question[s]]
    can_wait = (answer < BROKEN) & (f.on[s] < f.slots.start[s])
    lack = np.where(answer == AWAITED, WARN, MEND)
    return answer != KEPT, np.where(can_wait, lack, FAIL)


def _describe(f: Facts, p: int, s: int) -> Numbers:
    if f.asked.known is None or f.asked.rows is None:
        return []
    known, node, row = f.asked.known, f.asked.nodes[s], int(f.asked.rows[p])
    if node is None:
        return []
    told: Numbers = []
    for gap in gaps(known, node, f.asked.cases[s], row):
        by = {"by": gap.due.isoformat()} if gap.due else {}
        if any(map(known.is_private, leaves(gap.needed))):
            told.append(({"private": True, **by}, None))
            continue
        if gap.is_checked:
            told.append(({"checked": True}, None))
            continue
        numbers = {
            "needed": write(gap.needed),
            "held": gap.held,
            "unknown": list(gap.unknown),
            **by,
        }
        if names := known.names(gap.needed, gap.held):
            numbers["names"] = names
        told.append((numbers, gap.earliest))
    return told


CONDITION = Rule("condition", condition, _describe)
