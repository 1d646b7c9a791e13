"""Pins and prohibitions of groups: whom their conditions name, in columns.

A condition is judged by the same lines as that of a quota, once for each question, and
of what a person brings: what earlier steps of a pathway teach is not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from programs.choices import PinKind
from programs.conditions.judging import Judge
from programs.conditions.who import Days, Who
from programs.models import Application, GroupPin, Intake, Slot

from .columns import Array, At
from .slots import Slots

if TYPE_CHECKING:
    from .facts import FactCodes


@dataclass(frozen=True, eq=False)
class Group:
    """A word about a group: the places it is about, and who meets its condition there.

    ``member`` is person x question, ``question`` that of each column; 0 is the one of
    places that the word is not about, which nobody meets.
    """

    pin: GroupPin
    question: Array
    member: Array

    @property
    def is_pin(self) -> bool:
        """Whether its people have to get one of the places, and not none of them."""
        return self.pin.kind == PinKind.PIN

    def holds(self, person: At, column: At) -> Array:
        """Return where the word is about a person at a place."""
        return self.member[person, self.question[column]]

    def without(self, people: Array) -> "Group":
        """Return the group without some people: bool, of each row."""
        return replace(self, member=self.member & ~people[:, None])

    @property
    def names(self) -> dict[str, str]:
        """The name in both languages."""
        return {"en": self.pin.name_en, "id": self.pin.name_id}


@dataclass(frozen=True)
class Groups:
    """The words about groups that are in force at any place."""

    pins: list[Group] = field(default_factory=list)
    bans: list[Group] = field(default_factory=list)

    def forbid(self, person: At, column: At) -> Array:
        """Return where some prohibition of a group rules a pair out."""
        shape = np.broadcast_shapes(np.shape(person), np.shape(column))
        ruled_out = np.zeros(shape, bool)
        for group in self.bans:
            ruled_out |= group.holds(person, column)
        return ruled_out

    def without(self, people: Array) -> "Groups":
        """Return the words without some people, whom a word of their own is about."""
        return Groups(
            [each.without(people) for each in self.pins],
            [each.without(people) for each in self.bans],
        )

    def of_slots(self) -> list[tuple[Group, int]]:
        """Return (group, column) of the pins to one slot."""
        return [
            (group, int(column))
            for group in self.pins
            if group.pin.slot_id
            for column in np.flatnonzero(group.question)
        ]


def load(
    applications: QuerySet[Application],
    order: Sequence[UUID],
    table: Slots,
    *,
    codes: "FactCodes",
    days: Array,
    stays: Days | None = None,
    judge: Judge | None = None,
) -> Groups:
    """Read the words about groups that are in force at these places.

    Parameters
    ----------
    order: the applications, as rows are numbered. days: of the judgement, by column.
    stays: days of a stay that does not last as long as its slot. judge: what is known
        of these people, shared with other rules.
    """
    about = [
        (pin, columns)
        for pin in GroupPin.objects.order_by("code")
        if (columns := _columns(pin, table, codes, days)).any()
    ]
    if not about:
        return Groups()
    texts = {
        pin.condition: _("the pin of a group %(pin)s") % {"pin": pin.code}
        for pin, _columns_of in about
    }
    slots = Slot.objects.filter(pk__in=set(table.slot))
    who = Who(texts, applications, slots, stays, judge)
    rows = np.array([who.row[pk] for pk in order], np.int64)
    groups = [_group(pin, columns, table, who, rows) for pin, columns in about]
    return Groups(
        [group for group in groups if group.is_pin],
        [group for group in groups if not group.is_pin],
    )


def _columns(pin: GroupPin, table: Slots, codes: "FactCodes", days: Array) -> Array:
    """Return which columns a word is about, and in force at."""
    in_force = np.full(len(table), pin.until is None)
    if pin.until is not None:
        in_force = pin.until.toordinal() >= days
    if pin.slot_id:
        there = np.array([slot == pin.slot_id for slot in table.slot], bool)
        # A pathway is no way to be pinned to one of its slots.
        return in_force & there & (~table.is_step if pin.kind == PinKind.PIN else True)
    if pin.intake_id:
        return in_force & (table.intake == codes.intakes.get(pin.intake_id))
    own = Intake.objects.filter(program=pin.program_id).values_list("pk", flat=True)
    return in_force & np.isin(table.intake, [codes.intakes.get(pk) for pk in own])


def _group(pin: GroupPin, columns: Array, table: Slots, who: Who, rows: Array) -> Group:
    question = np.zeros(len(table), np.int32)
    member = [np.zeros(len(rows), bool)]
    number: dict[int, int] = {}
    for column in np.flatnonzero(columns).tolist():
        asked = who.question(pin.condition, table.slot[column])
        if asked not in number:
            number[asked] = len(member)
            member.append(who.answers(asked)[rows])
        question[column] = number[asked]
    return Group(pin, question, np.stack(member, axis=1))
