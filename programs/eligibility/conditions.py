"""The conditions of programs and slots, judged once for all places that share them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from programs import conditions
from programs.conditions.case import Case
from programs.conditions.judging import Judge
from programs.conditions.known import Known
from programs.conditions.tree import leaves
from programs.conditions.who import Questions, node_of

from .columns import Array
from .people import People
from .slots import Row, Slots

if TYPE_CHECKING:
    from .facts import FactCodes

KEPT, AWAITED, OPEN, BROKEN = range(4)
"""The condition holds; it may be met by the day that it names; it does not hold yet, or
nobody knows; it cannot before the stay."""
Instead = Mapping[UUID, tuple[str, str]]
"""slot id -> (condition of the program, its own) to judge by, not those stored."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What places ask of people, and how each person stands with it.

    ``answer`` is person x question, ``question`` that of each column: places with the
    same condition, on the same days, ask the same one. Question 0 asks nothing.
    """

    question: Array
    answer: Array
    nodes: list[conditions.Node | None] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    known: Known | None = None
    rows: Array | None = None
    """The row of each person in what is known."""

    @property
    def anything(self) -> bool:
        """Whether any place asks for anything."""
        return self.known is not None

    @property
    def secret(self) -> Array:
        """Which columns ask for something confidential, told of no group or person."""
        known = self.known
        return np.array(
            [
                node is not None
                and known is not None
                and any(map(known.is_private, leaves(node)))
                for node in self.nodes
            ],
            bool,
        )

    def kept_secret(self) -> Array:
        """Return whom a confidential condition stops somewhere."""
        asked = np.unique(self.question[: len(self.nodes)][self.secret])
        return (self.answer[:, asked] != KEPT).any(axis=1)


def load(
    people: People,
    slots: Slots,
    *,
    codes: "FactCodes",
    on: Array,
    judge: Judge,
    instead: Instead | None = None,
) -> Asked:
    """Read what the conditions ask for, and judge everybody once a question.

    Parameters
    ----------
    on: the day of the judgement as an ordinal for each column.
    judge: what is known of these people, shared with other rules.
    """
    instead = instead or {}
    nodes = [_node(row, instead) for row in slots.facts]
    cases = [case_of(slots, number, codes, int(day)) for number, day in enumerate(on)]
    question = np.zeros(len(slots), dtype=np.int32)
    answers = [np.zeros(len(people), dtype=np.uint8)]
    wanted = [node for node in dict.fromkeys(nodes) if node]
    if not wanted:
        return Asked(question, answers[0][:, None])
    judge.ask(wanted)
    row = judge.known.row
    rows = np.array([row[pk] for pk in people.application], np.int64)
    questions = Questions(judge, lambda outcome: _answer(outcome)[rows])
    for column, (node, case) in enumerate(zip(nodes, cases, strict=True)):
        if node is not None:
            question[column] = 1 + questions.number(node, case)
    answer = np.stack([*answers, *questions.answers], axis=1)
    return Asked(question, answer, nodes, cases, judge.known, rows)


def _answer(outcome: Any) -> Array:
    worst = np.where(outcome.closed, BROKEN, OPEN)
    worst = np.where(outcome.awaited, AWAITED, worst)
    return np.where(outcome.holds, KEPT, worst).astype(np.uint8)


def _node(row: Row, instead: Instead) -> conditions.Node | None:
    """Return what is asked at a slot: by its program and by itself."""
    stored = (row["intake__program__condition"], row["condition"])
    name = _("the slot %(slot)s") % {"slot": row["code"]}
    return node_of(instead.get(row["pk"], stored), name)


def case_of(slots: Slots, number: int, codes: "FactCodes", today: int = 0) -> Case:
    """Return the place of a column, judged on a day."""
    row = slots.facts[number]
    return Case(
        first=int(slots.start[number]),
        last=int(slots.end[number]) - 1,
        decision=int(slots.decide[number]),
        program=row["intake__program__code"],
        kind=row["intake__program__kind"],
        country=row["country_id"],
        host=row["host__code"],
        province=row["province_id"],
        languages=_taught(slots, slots.taught_language, codes.languages, number),
        skills=_taught(slots, slots.taught_skill, codes.skills, number),
        today=today,
    )


def _taught(slots: Slots, levels: Array, codes: Any, number: int) -> dict[Any, int]:
    """Return what the earlier steps of a pathway teach, by its code."""
    if not slots.is_step[number]:
        return {}
    return {
        code: int(level)
        for code, level in zip(codes, levels[number], strict=False)
        if level
    }
