"""Where a cost is left that nobody may pay, or only who must not be charged."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from programs import costing

from .columns import Array, At, Codes
from .people import People
from .slots import Slots

NOBODY, ONLY_WORKER = 1, 2
"""Nobody may pay something; only the worker could, who must not be charged."""


@dataclass(frozen=True, eq=False)
class Paying:
    """What stands against pairs for want of a payer, as bits.

    ``by_origin`` is column x (origin + 1). Where rules about money are for some only,
    ``row`` points a column into ``by_person``, row x person; it is -1 elsewhere.
    """

    by_origin: Array
    row: Array
    by_person: Array

    def of(self, people: People, person: At, column: At) -> Any:
        """Return the bits of pairs; the index arrays broadcast."""
        found = self.by_origin[column, people.origin[person]]
        if not len(self.by_person):
            return found
        row = self.row[column]
        return np.where(row >= 0, self.by_person[row, person], found)


def build(table: Slots, people: People, origins: Codes, costs: costing.Costs) -> Paying:
    """Ask the cost table once for each column and kind of people."""
    by_origin = np.zeros((len(table), len(origins) + 1), np.uint8)
    rows = _Rows(people, origins, costs)
    row = np.full(len(table), -1, np.int32)
    for number, slot in enumerate(table.slot):
        if costs.conditions(slot):
            row[number] = rows.of(slot)
            continue
        own = costs.origins(slot)
        # Whoever is from elsewhere costs the same: one answer for all of them.
        everybody: list[tuple[int | slice, str | None]] = [(slice(None), None)]
        for place, origin in [*everybody, *enumerate(origins)]:
            if origin in own or origin is None:
                by_origin[number, place] = _bits(costs.unpaid(slot, origin))
    bits = [np.frombuffer(each, np.uint8) for each in rows.known]
    return Paying(
        by_origin, row, np.stack(bits) if bits else np.zeros((0, 0), np.uint8)
    )


class _Rows:
    """The bits of everybody at places where rules about money are for some only.

    Places whose rules ask the same on the same days group people alike.
    """

    def __init__(self, people: People, origins: Codes, costs: costing.Costs) -> None:
        self.people, self.costs = people, costs
        self.origins = [*origins, None]
        self.known: dict[bytes, int] = {}
        self._groups: dict[Any, tuple[Array, list[tuple[str | None, costing.Met]]]] = {}
        self._rows: dict[Any, int] = {}

    def of(self, slot: Any) -> int:
        """Return the row of a place; one that costs and asks the same has the same."""
        key = self.costs.alike(slot), self.costs.asked(slot)
        if key not in self._rows:
            group, kinds = self.groups(slot)
            bits = [_bits(self.costs.unpaid(slot, *kind)) for kind in kinds]
            row = np.array(bits, np.uint8)[group].tobytes()
            self._rows[key] = self.known.setdefault(row, len(self.known))
        return self._rows[key]

    def groups(self, slot: Any) -> tuple[Array, list[tuple[str | None, costing.Met]]]:
        """Return (the kind of each person, the kinds: province and what is met)."""
        own = self.costs.origins(slot)
        is_own = np.array([origin in own for origin in self.origins])
        key = self.costs.asked(slot), is_own.tobytes()
        if key not in self._groups:
            size = len(self.people)
            everybody, there = np.arange(size), np.zeros(size, np.int64)
            people = list(self.people.application)
            met, sets = self.costs.groups(people, [slot], everybody, there)
            origin = self.people.origin % len(self.origins)
            # Whoever is from a province without rules of its own costs the same.
            origin = np.where(is_own[origin], origin, len(self.origins) - 1)
            whom = met * len(self.origins) + origin
            found, group = np.unique(whom, return_inverse=True)
            pairs = [divmod(int(each), len(self.origins)) for each in found]
            self._groups[key] = (
                group,
                [(self.origins[origin], sets[number]) for number, origin in pairs],
            )
        return self._groups[key]


def _bits(unpaid: tuple[costing.Unpaid, ...]) -> int:
    nobody = any(not each.waived for each in unpaid)
    return nobody * NOBODY + any(each.waived for each in unpaid) * ONLY_WORKER
