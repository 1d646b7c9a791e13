"""What a condition is asked about besides the person: a place with its days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .days import shifted
from .tree import (
    APPLIED,
    DAYS,
    DECIDED,
    FIRST,
    LAST,
    By,
    Day,
    Leaf,
    Node,
    awaited,
    leaves,
)
from .vocabulary import FACTS, THIS

NEAR = ("distance", "nearness")
"""Facts of home and place together."""
NOTHING: Mapping[Any, int] = {}
OF_PLACE = {
    "destination": "country",
    "host": "host",
    "program": "program",
    "program_kind": "kind",
    "length": "length",
}
"""Facts of the place itself, and what they are called here."""
AT = {FIRST: "first", LAST: "last", DECIDED: "decision"}
"""Days of the place, and what they are called here."""


@dataclass(frozen=True, eq=False)
class Case:
    """A place: its days as ordinals, and what it is.

    ``first`` and ``last`` are the first and the last day of the stay, ``decision`` the
    day of the decision. ``program``, ``kind``, ``country``, ``host`` and
    ``province`` (where the place names one) are codes.
    ``languages`` and ``skills`` are what earlier steps of a pathway teach: CEFR ranks
    by language, levels by the skill's id. ``today`` is the day of the judgement, until
    which alone matters what is to be met by a day.
    """

    first: int
    last: int
    decision: int
    program: str = ""
    kind: str = ""
    country: str = ""
    host: str = ""
    province: str | None = None
    languages: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    skills: Mapping[int, int] = field(default_factory=lambda: NOTHING)
    today: int = 0

    @property
    def length(self) -> int:
        """How many days the stay has."""
        return self.last - self.first + 1

    def this(self, name: str) -> str:
        """Return what ``this`` stands for in a scope: of program, kind, in or host."""
        return self.country if name == "in" else str(getattr(self, name))

    def of_place(self, fact: str) -> str:
        """Return a fact of the place itself, as a code."""
        return str(getattr(self, OF_PLACE[fact]))

    def ordinal(self, name: str) -> int:
        """Return a day of the place by its name."""
        return int(getattr(self, AT[name]))

    def key(self, leaf: Leaf) -> tuple[Any, ...]:
        """Return what of the place a comparison depends on: as few as possible.

        Places of one key get one answer, which is computed once.
        """
        key: list[Any] = [getattr(self, name) for name in asked_of(leaf)]
        if leaf.fact == "language" and self.languages:
            key.append(tuple(self.languages.items()))
        if leaf.fact == "skill" and self.skills:
            key.append(tuple(self.skills.items()))
        return tuple(key)

    def key_of(self, node: Node) -> tuple[Any, ...]:
        """Return what of the place a condition depends on."""
        waits = tuple(self.waits(by) for by in awaited(node))
        return tuple(self.key(leaf) for leaf in leaves(node)), waits

    def due(self, by: By) -> int:
        """Return the last day on which something can be met: before the stay begins."""
        name = by.day.name
        named = (
            self.ordinal(name) if name in DAYS else date.fromisoformat(name).toordinal()
        )
        return min(int(shifted(named, by.day.shift, by.day.unit)), self.first - 1)

    def waits(self, by: By) -> bool:
        """Return whether the day by which something is to be met is not over."""
        return self.today <= self.due(by)


def asked_of(leaf: Leaf) -> tuple[str, ...]:
    """Return what of a place a comparison depends on, besides what steps teach."""
    days = [day.name for day in _days(leaf) if day.name in DAYS]
    found = [AT[name] for name in days if name != APPLIED]
    found += [
        "country" if name == "in" else name
        for name, value in leaf.about
        if value == THIS
    ]
    if FACTS[leaf.fact].is_of_place:
        found.append(OF_PLACE[leaf.fact])
    if leaf.fact in NEAR:
        found.append("province")
    if leaf.fact == "free":
        found += ["first", "last"]
    return tuple(found)


def _days(leaf: Leaf) -> list[Day]:
    asked = [leaf.on or Day()] if FACTS[leaf.fact].is_dated else []
    return [*asked, *([leaf.day] if leaf.day else [])]
