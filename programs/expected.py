"""How many of those with conditional places will meet what their places wait for.

The chance of one thing begins with what the condition says (``at 80%``), half where it
says nothing, and moves to what the records say, as that of passing a step of a pathway
does (``programs.arrivals``): of everybody whose place has waited for the same thing,
how many met it by their day. Of several things at once it is the product. Chances are
counted in whole millionths, so that a plan is worth the same on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

import numpy as np
from django.db.models import Count, Q

from programs import conditions
from programs.arrivals import Chance
from programs.choices import PlaceConditionState
from programs.conditions.judging import Judge
from programs.eligibility import Facts
from programs.eligibility.columns import Array
from programs.models import PlaceCondition

WHOLE = 1_000_000
"""A place that is sure, in millionths."""
UNSAID = Fraction(1, 2)
"""The chance of what nobody has said anything about."""


@dataclass(frozen=True, eq=False)
class Expected:
    """How sure each place would be, for every person.

    ``things`` is what places wait for, as (condition, its chance). ``at`` is, for each
    question of the conditions, its row in ``parts`` (what of it is to be met, numbers
    of ``things``) and in ``unmet`` (for each person a bit for each part that is not
    met). Row 0 waits for nothing.
    """

    question: Array
    at: Array
    unmet: Array
    sure: Array
    """Row x bits: how sure a place is, in millionths."""
    parts: list[tuple[int, ...]] = field(default_factory=lambda: [()])
    things: list[tuple[conditions.By, Chance]] = field(default_factory=list)

    def of_pairs(self, person: Array, column: Array) -> Array:
        """Return how sure places are, in millionths."""
        row = self.at[self.question[column]]
        return np.asarray(self.sure[row, self.unmet[row, person]])

    def waits(self, person: int, column: int) -> list[int]:
        """Return the numbers of the things that one place would wait for."""
        row = int(self.at[self.question[column]])
        bits = int(self.unmet[row, person])
        return [thing for bit, thing in enumerate(self.parts[row]) if bits >> bit & 1]


def share(points: Array, sure: Array) -> Array:
    """Return points by how sure they are, rounded to whole ones, halves up."""
    return (2 * points * sure.astype(np.int64) + WHOLE) // (2 * WHOLE)


def load(facts: Facts) -> Expected:
    """Return how sure places are; asks the database once, if any place can wait.

    Parameters
    ----------
    facts: from ``eligibility.load``.
    """
    asked = facts.asked
    columns: dict[int, int] = {}
    for column, node in enumerate(asked.nodes):
        if node is not None and conditions.awaited(node):
            columns.setdefault(int(asked.question[column]), column)
    by_text = {
        conditions.write(by): by
        for column in columns.values()
        for by in _parts(asked.nodes[column])
    }
    measured = _records({conditions.write(by.part) for by in by_text.values()})
    things = [(by, _chance(by, measured)) for _text, by in sorted(by_text.items())]
    number = {by: thing for thing, (by, _chance) in enumerate(things)}
    at = np.zeros(asked.answer.shape[1], np.int64)
    parts: list[tuple[int, ...]] = [()]
    unmet = [np.zeros(len(facts.people), np.uint8)]
    for question, column in columns.items():
        own = _parts(asked.nodes[column])
        at[question] = len(parts)
        parts.append(tuple(number[by] for by in own))
        unmet.append(_unmet(facts, own, column))
    chances = [chance for _by, chance in things]
    return Expected(
        question=asked.question,
        at=at,
        unmet=np.stack(unmet),
        sure=_sure(parts, chances),
        parts=parts,
        things=things,
    )


def _parts(node: conditions.Node | None) -> list[conditions.By]:
    return conditions.awaited(node) if node is not None else []


def _unmet(facts: Facts, parts: Sequence[conditions.By], column: int) -> Array:
    """Return for each person a bit for each part that is not met."""
    known, case = facts.asked.known, facts.asked.cases[column]
    assert known is not None
    judge, bits = Judge(known), np.zeros(len(facts.people), np.uint8)
    for bit, by in enumerate(parts):
        bits |= (~judge(by.part, case).holds).astype(np.uint8) << np.uint8(bit)
    return bits


def _sure(parts: Sequence[Sequence[int]], chances: Sequence[Chance]) -> Array:
    """Return how sure places are: a row of parts x each set of them that is not met."""
    found = np.zeros((len(parts), 1 << max(map(len, parts))), np.int64)
    for row, things in enumerate(parts):
        own = [chances[thing].value for thing in things]
        for bits in range(1 << len(own)):
            unmet = (each for bit, each in enumerate(own) if bits >> bit & 1)
            exact = prod(unmet, start=Fraction(WHOLE))
            found[row, bits] = (2 * exact + 1) // 2
    return found


def _chance(by: conditions.By, measured: dict[str, tuple[int, int]]) -> Chance:
    typed = UNSAID if by.chance is None else Fraction(by.chance, 100)
    met, ended = measured.get(conditions.write(by.part), (0, 0))
    return Chance(typed=typed, passed=met, ended=ended)


def _records(texts: set[str]) -> dict[str, tuple[int, int]]:
    """Return {condition: (how many met it, of how many it was settled for)}.

    What a coordinator waived says nothing. What was met early counts only beside those
    who did not meet it: where somebody still has to, nobody of the same day counts.
    """
    if not texts:
        return {}
    met, lapsed = PlaceConditionState.MET, PlaceConditionState.LAPSED
    rows = PlaceCondition.objects.filter(condition__in=texts).order_by()
    by_day = rows.values("condition", "due_on").annotate(
        met=Count("pk", filter=Q(state=met)),
        ended=Count("pk", filter=Q(state__in=(met, lapsed))),
        open=Count("pk", filter=Q(pk__in=PlaceCondition.objects.awaited())),
    )
    found: dict[str, tuple[int, int]] = {}
    for row in by_day:
        if not row["open"]:
            passed, ended = found.get(row["condition"], (0, 0))
            found[row["condition"]] = passed + row["met"], ended + row["ended"]
    return found
