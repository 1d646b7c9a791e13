"""Why somebody does not pass: what is missing, the nearest way first, until when."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from .case import Case
from .days import shifted
from .judging import Judge, Outcome
from .known import Known
from .tree import (
    All,
    Any as Either,
    By,
    Leaf,
    Node,
    Not,
    join,
    leaves,
    plain,
    requirements,
)
from .values import day_of, nearness_rank, of_leaf
from .vocabulary import CLOSED, FACTS, HUNDREDTHS, UNITS, Kind, Of, kind_of
from .weights import weight
from .writing import write


@dataclass(frozen=True)
class Gap:
    """One thing that has to be met and is not.

    ``needed`` is what stands against the person, the nearest way of an ``or`` first.
    ``held`` is, by comparison, what the person has; ``unknown`` are those for which
    nothing is stated. ``earliest`` is the first day on which time alone mends it.
    ``due`` is the last day on which it can be met, where it is awaited until one.
    ``is_checked``: stays of another registration of the human stand against it, which
    is told to nobody but the officers.
    """

    needed: Node
    held: dict[str, str]
    unknown: tuple[str, ...]
    is_closed: bool
    earliest: date | None
    due: date | None = None
    is_checked: bool = False


def gaps(known: Known, node: Node, case: Case, person: int) -> list[Gap]:
    """Return what stands against one person at one place.

    It is told by the stays of the person's own registration: what another institution
    knows of the same human is not this one's to read.
    """
    whole, own = _One(known, case, person), _One(known.of_own_stays(), case, person)
    found = []
    for part in requirements(plain(node)):
        if whole.holds(part):
            continue
        gap = own.gap(part)
        if whole.earliest(part) != gap.earliest:
            gap = replace(gap, earliest=None)
        found.append(replace(gap, is_checked=own.holds(part)))
    return found


class _One:
    """A person at a place, asked part by part."""

    def __init__(self, known: Known, case: Case, person: int) -> None:
        self.known, self.case = known, case
        self.rows = np.array([person])
        self.judge = Judge(known, self.rows)

    def outcome(self, node: Node) -> Outcome:
        return self.judge(node, self.case)

    def holds(self, node: Node) -> bool:
        return bool(self.outcome(node).holds[0])

    def is_closed(self, node: Node) -> bool:
        return bool(self.outcome(node).closed[0])

    def gap(self, part: Node) -> Gap:
        needed = self.nearest(part)
        held, unknown = {}, []
        for leaf in leaves(needed):
            if self.known.is_private(leaf):
                continue
            outcome = self.outcome(leaf)
            if not outcome.holds[0] and not outcome.fails[0]:
                unknown.append(write(leaf))
            elif (text := self.shown(leaf)) is not None:
                held[write(leaf)] = text
        return Gap(
            needed,
            held,
            tuple(unknown),
            self.is_closed(part),
            self.earliest(part),
            date.fromordinal(self.case.due(part)) if isinstance(part, By) else None,
        )

    def nearest(self, node: Node) -> Node:
        """Return what is missing of a part, the ways that ask for least first."""
        match node:
            case All(parts):
                return join(
                    All, [self.nearest(part) for part in parts if not self.holds(part)]
                )
            case Either(parts):
                ways = [self.nearest(part) for part in parts]
                order = sorted(range(len(ways)), key=lambda n: self.far(ways[n]))
                return join(Either, [ways[n] for n in order])
            case By(part):
                return self.nearest(part)
            case Not() | Leaf():
                return node

    def far(self, node: Node) -> tuple[bool, int]:
        return self.is_closed(node), sum(1 for _leaf in leaves(node))

    def shown(self, leaf: Leaf) -> str | None:
        """Return what the person has, as text that needs no language."""
        fact, kind = FACTS[leaf.fact], kind_of(leaf)
        if kind == Kind.TRUTH or leaf.fact == "born":
            return None
        if leaf.fact == "nearness":
            ranks, _known = nearness_rank(self.known, self.case, self.rows)
            return CLOSED[Of.NEARNESS][int(ranks[0])]
        if kind == Kind.CODE:
            held = self.known.person.get(leaf.fact)
            return None if held is None else str(held[int(self.rows[0])] or "")
        values, _known = of_leaf(self.known, leaf, self.case, self.rows)
        value = int(np.ravel(values)[0])
        if kind == Kind.DAY:
            return date.fromordinal(value).isoformat()
        if kind == Kind.LEVEL and fact.of:
            return CLOSED[fact.of][value - 1] if value else ""
        if kind == Kind.DURATION:
            return str(value // UNITS["days"])
        return f"{value / HUNDREDTHS:g}"

    def earliest(self, node: Node) -> date | None:
        """Return the first day that time alone could mend a part by, if it can."""
        if self.holds(node):
            return date.min
        match node:
            case All(parts):
                days = [self.earliest(part) for part in parts]
                return None if None in days else max(days)  # type: ignore[type-var]
            case Either(parts):
                found = [day for part in parts if (day := self.earliest(part))]
                return min(found, default=None)
            case By(part):
                return self.earliest(part)
            case Leaf():
                return self.ripens(node)
            case Not():
                return None

    def ripens(self, leaf: Leaf) -> date | None:
        """Return when a comparison that grows with the first day is met."""
        if leaf.on or leaf.op not in (">=", ">"):
            return None
        if leaf.fact == "age":
            years = weight(leaf) // HUNDREDTHS + (leaf.op == ">")
            born = int(self.known.born[self.rows][0])
            # Who was born on 29 February is a year older on 1 March.
            day = date.fromordinal(born)
            if (day.month, day.day) == (2, 29):
                born += 1
            return date.fromordinal(int(shifted(born, years, "years")))
        if leaf.fact == "days_since":
            values, _known = of_leaf(self.known, leaf, self.case, self.rows)
            day, _is_known = day_of(self.known, None, self.case, self.rows)
            last = int(day) - int(values[0]) // UNITS["days"]
            wait = -(-weight(leaf) // UNITS["days"]) + (leaf.op == ">")
            return date.fromordinal(last) + timedelta(days=wait)
        return None
