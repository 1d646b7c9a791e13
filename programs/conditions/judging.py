"""Judging: a condition, for all people or for one, by the very same lines.

A comparison holds, fails, or is not known, because the fact is missing. ``and``, ``or``
and ``not`` keep three values (Kleene's strong logic): what is not known may still turn
out either way. Whoever is to pass has to be known to pass.

Besides, what fails is *closed* where nothing can change it before the stay: a birth
date is, a certificate that is not held yet is not.

What is to be met by a day is *awaited* until then of whomever it is not closed for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import numpy as np

from .case import Case
from .known import Known
from .many import ALL, Array, Rows
from .tree import All, Any as Either, By, Leaf, Node, Not
from .values import Values, day_of, of_leaf
from .vocabulary import FACTS, Kind, kind_of
from .weights import weight

COMPARE = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True, eq=False)
class Outcome:
    """Where a condition holds, where it fails, and where it fails for good.

    Truths of the people, or eight of them a byte. Neither: it is not known.
    ``awaited``: it holds, or would if all is met that may still be met by its day.
    """

    holds: Array
    fails: Array
    closed: Array
    awaited: Array

    def __and__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.holds & other.holds,
            self.fails | other.fails,
            self.closed | other.closed,
            self.awaited & other.awaited,
        )

    def __or__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.holds | other.holds,
            self.fails & other.fails,
            self.closed & other.closed,
            self.awaited | other.awaited,
        )

    def __invert__(self) -> "Outcome":
        return Outcome(self.fails, self.holds, self.holds, self.fails)


class Judge:
    """Judges conditions of many places; what places share is computed once.

    A comparison is judged once for all places and rules that make it on the same days.
    What joins comparisons is not kept: it costs less than to look it up.

    Parameters
    ----------
    known: the facts. rows: whose; everybody unless given.
    """

    def __init__(self, known: Known, rows: Rows = ALL) -> None:
        self.known = known
        self.rows = rows
        self._leaves: dict[tuple[Any, ...], Outcome] = {}

    def ask(self, nodes: Iterable[Node]) -> None:
        """Read what more conditions ask for; what is known is not read again."""
        self.known.ask(nodes)

    def __call__(self, node: Node, case: Case) -> Outcome:
        """Return the outcome for each of the people, as truths."""
        packed = self._of(node, case)
        size = len(self.known) if isinstance(self.rows, slice) else len(self.rows)

        def truths(bits: Array) -> Array:
            return np.unpackbits(bits, count=size).view(bool)

        return Outcome(
            truths(packed.holds),
            truths(packed.fails),
            truths(packed.closed),
            truths(packed.awaited),
        )

    def _of(self, node: Node, case: Case) -> Outcome:
        match node:
            case Leaf():
                key = (node, case.key(node))
                if key not in self._leaves:
                    self._leaves[key] = self._compared(node, case)
                return self._leaves[key]
            case Not(part):
                return ~self._of(part, case)
            case By(part):
                now = self._of(part, case)
                if not case.waits(node):
                    return now
                return replace(now, awaited=now.holds | ~now.closed)
            case All(parts):
                first, *rest = (self._of(part, case) for part in parts)
                for other in rest:
                    first &= other
                return first
            case Either(parts):
                first, *rest = (self._of(part, case) for part in parts)
                for other in rest:
                    first |= other
                return first

    def _compared(self, leaf: Leaf, case: Case) -> Outcome:
        values, is_known = of_leaf(self.known, leaf, case, self.rows)
        truths, is_known = compared(
            self.known, leaf, case, self.rows, (values, is_known)
        )
        truths, is_known = np.broadcast_arrays(truths, is_known)
        holds, fails = truths & is_known, ~truths & is_known
        closed = np.zeros_like(fails) if FACTS[leaf.fact].can_change else fails
        return Outcome(*(np.packbits(each) for each in (holds, fails, closed, holds)))


def compared(
    known: Known, leaf: Leaf, case: Case, rows: Rows, values: Values
) -> tuple[Any, Any]:
    """Return (whether it is as asked for, where that is known)."""
    found, is_known = values
    if kind_of(leaf) in (Kind.TRUTH, Kind.CODE):
        return found, is_known
    if leaf.day:
        wanted, is_day_known = day_of(known, leaf.day, case, rows)
        return COMPARE[leaf.op](found, wanted), is_known & is_day_known
    return COMPARE[leaf.op](found, weight(leaf)), is_known
