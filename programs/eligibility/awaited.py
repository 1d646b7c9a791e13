"""What people with places have yet to meet, judged by the lines that let them in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from programs import conditions
from programs.conditions.case import Case
from programs.conditions.judging import Judge
from programs.conditions.known import Known
from programs.conditions.who import node_of
from programs.models import Application, Placement, Slot

from . import slots as slot_columns
from .columns import Array
from .conditions import case_of
from .facts import FactCodes


@dataclass(frozen=True)
class Wait:
    """Something that a place waits for: until which day, and how many will meet it.

    ``text`` is a condition. ``chance`` is in per cent, None where nobody said.
    """

    text: str
    due_on: date
    chance: int | None


class Standing:
    """How people stand with conditions at the places that they hold.

    Parameters
    ----------
    placements: with their application and slot, of any number of intakes.
    nodes: the conditions that will be asked about.
    """

    def __init__(
        self, placements: Sequence[Placement], nodes: Iterable[conditions.Node]
    ) -> None:
        ids = sorted({row.application_id for row in placements})
        self.row = {pk: row for row, pk in enumerate(ids)}
        self.cases = _cases(placements)
        people = Application.objects.filter(pk__in=ids)
        self.judge = Judge(Known(people, list(nodes), order=ids))
        self._answers: dict[tuple[Any, ...], Array] = {}

    def meets(self, placement: Placement, node: conditions.Node) -> bool:
        """Return whether the person meets a condition at the own place, as known."""
        case = self.cases[placement.pk]
        key = (node, case.key_of(node))
        if key not in self._answers:
            self._answers[key] = self.judge(node, case).holds
        return bool(self._answers[key][self.row[placement.application_id]])

    def waits(self, placement: Placement) -> list[Wait]:
        """Return what is to be met by a day at a place, and is not met."""
        case = self.cases[placement.pk]
        return [
            Wait(
                conditions.write(by.part),
                date.fromordinal(case.due(by)),
                by.chance,
            )
            for by in asked_by_a_day(placement.slot)
            if not self.meets(placement, by.part)
        ]


def asked_by_a_day(slot: Slot) -> list[conditions.By]:
    """Return what program and slot ask for by a day, without a query."""
    texts = (slot.intake.program.condition, slot.condition)
    node = node_of(texts, _("the slot %(slot)s") % {"slot": slot.code})
    return conditions.awaited(node) if node else []


def _cases(placements: Sequence[Placement]) -> dict[UUID, Case]:
    """Return {placement: its place}, a step of a pathway with what came before it."""
    codes = FactCodes()
    reading = slot_columns.read(
        Slot.objects.filter(pk__in={row.slot_id for row in placements}),
        codes=codes,
        days={},
    )
    table = slot_columns.tabulate(reading, codes=codes)
    own = {pk: at for at, pk in enumerate(table.slot) if not table.is_step[at]}
    found = {}
    for row in placements:
        steps = reading.pathways.get(row.pathway_id, ())
        at = next((at for at in steps if table.slot[at] == row.slot_id), None)
        case = case_of(table, own[row.slot_id] if at is None else at, codes)
        first, after = row.starts_on.toordinal(), row.ends_on.toordinal()
        found[row.pk] = replace(case, first=first, last=after - 1)
    return found
