"""Judging: the same rules for one pair, for many pairs, and for whole blocks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .columns import Array, At
from .facts import Facts
from .reasons import Reason
from .rules import RULES, WARN


@dataclass(frozen=True, eq=False)
class Judgement:
    """How pairs stand: the worst severity, and a bit for each rule not kept.

    Rules in ``warned`` are not kept either, and yet keep nobody from the place.
    """

    status: Array
    failed: Array
    warned: Array

    @property
    def placeable(self) -> Array:
        """Where a plan may use the pair: every rule is kept, warnings aside."""
        return self.status <= WARN

    @property
    def against(self) -> Array:
        """The rules that keep a pair apart: those not kept, warnings aside."""
        return self.failed & ~self.warned


def judge(facts: Facts, person: At, column: At) -> Judgement:
    """Judge pairs; the index arrays broadcast against each other.

    Parameters
    ----------
    facts: from ``load``.
    person, column: rows of people, and columns of slots or steps: both of shape (n,)
        for pairs, or (n, 1) and (1, m) for a block.
    """
    shape = np.broadcast_shapes(np.shape(person), np.shape(column))
    status = np.zeros(shape, dtype=np.uint8)
    failed = np.zeros(shape, dtype=np.uint32)
    warned = np.zeros(shape, dtype=np.uint32)
    for bit, rule in enumerate(RULES):
        if rule.code in facts.left_out:
            continue
        broken, severity = rule.check(facts, person, column)
        np.maximum(status, broken * severity, out=status)
        np.bitwise_or(failed, broken * np.uint32(1 << bit), out=failed)
        if np.any(is_warning := severity <= WARN):
            np.bitwise_or(
                warned, (broken & is_warning) * np.uint32(1 << bit), out=warned
            )
    return Judgement(status, failed, warned)


def blocks(facts: Facts, size: int = 256) -> Iterator[tuple[int, Judgement]]:
    """Judge every person against every column, a few people at a time.

    Yields
    ------
    start: the first person of the block. judgement: of shape (people, columns).
    """
    everything = np.arange(facts.columns)[None, :]
    for start in range(0, len(facts.people), size):
        person = np.arange(start, min(start + size, len(facts.people)))[:, None]
        yield start, judge(facts, person, everything)


def explain(
    facts: Facts, person: npt.ArrayLike, column: npt.ArrayLike
) -> list[list[Reason]]:
    """Return for each pair the reasons that stand against it, worst rules first.

    Parameters
    ----------
    facts: from ``load``. person, column: index arrays of shape (n,).
    """
    person, column = np.asarray(person), np.asarray(column)
    reasons: list[list[Reason]] = [[] for _ in range(len(person))]
    for rule in RULES:
        if rule.code in facts.left_out:
            continue
        broken, severity = rule.check(facts, person, column)
        broken, severity = np.broadcast_arrays(broken, severity)
        for pair in np.flatnonzero(np.broadcast_to(broken, person.shape)):
            worst = severity[pair] if severity.ndim else severity
            reasons[pair] += [
                Reason(rule.code, numbers, earliest, int(worst))
                for numbers, earliest in rule.describe(
                    facts, int(person[pair]), int(column[pair])
                )
            ]
    for each in reasons:
        each.sort(key=lambda reason: -reason.severity)
    return reasons


def codes(failed: int) -> list[str]:
    """Return the codes of the rules whose bits are set."""
    return [rule.code for bit, rule in enumerate(RULES) if failed >> bit & 1]
