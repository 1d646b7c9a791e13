"""For whom a rule holds: the rules of quotas, money and points, judged as all others.

A rule has a condition, asked of a person at a place. Whoever asks reads once and is
answered without a query: for one pair or for a million by the same lines, and each
question (a condition, on the same days) is judged once for all people.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from programs.models import Application, Slot
from programs.refusals import Refusal

from .case import Case, asked_of
from .grammar import read
from .judging import Judge, Outcome
from .known import Known
from .many import Array
from .tokens import Unreadable
from .tree import All, Node, join, leaves

PLACE = (
    "starts_on",
    "ends_on",
    "intake__decide_by",
    "intake__program__code",
    "intake__program__kind",
    "country_id",
    "host__code",
    "province_id",
)
"""What of a slot a condition may ask about."""
Days = Mapping[UUID, tuple[date, date]]
"""Slot -> the first day of a stay in it, and the day after its last."""


def node_of(texts: Iterable[str], name: str) -> Node | None:
    """Return what conditions ask for together, None where they ask nothing.

    Raises
    ------
    Refusal: one of them, of what is called so, cannot be read any more.
    """
    try:
        parts = [read(text).node for text in texts if text]
    except Unreadable as error:
        raise Refusal(
            "condition-unreadable",
            _("A condition of %(name)s cannot be read. %(why)s.")
            % {"name": name, "why": error},
            field="condition",
            place=error.place,
        ) from error
    return join(All, parts) if parts else None


class Where(NamedTuple):
    """People and slots, as who is asked about them has numbered them."""

    rows: Array
    places: Array


class Questions:
    """Conditions at places, numbered so that places that ask the same share a number.

    Parameters
    ----------
    judge: who knows the facts of the people. keep: what is kept of an outcome.
    """

    def __init__(self, judge: Judge, keep: Callable[[Outcome], Array]) -> None:
        self._judge, self._keep = judge, keep
        self._numbers: dict[tuple[Any, ...], int] = {}
        self.answers: list[Array] = []

    def number(self, node: Node, case: Case) -> int:
        """Return the number of a question; a new one is judged for everybody."""
        key = (node, case.key_of(node))
        if key not in self._numbers:
            self._numbers[key] = len(self.answers)
            self.answers.append(self._keep(self._judge(node, case)))
        return self._numbers[key]


class Who:
    """Who meets the conditions of some rules, at places.

    Who is not known to meet one does not. What earlier steps of a pathway teach is not
    counted: a rule counts what somebody brings.

    Parameters
    ----------
    texts: {condition: what to call it where it cannot be read}; empty ones ask nothing.
    applications, slots: all that will be asked about.
    days: of a stay that does not last as long as its slot.
    judge: what is known of more people than these already, shared with other rules.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        applications: QuerySet[Application],
        slots: QuerySet[Slot],
        days: Days | None = None,
        judge: Judge | None = None,
    ) -> None:
        found = {text: node_of([text], name) for text, name in texts.items()}
        self.nodes = {text: node for text, node in found.items() if node}
        self.cases: list[Case] = []
        self._names = {text: _names(node) for text, node in self.nodes.items()}
        self._places: dict[UUID, int] = {}
        self._kinds: dict[tuple[str, ...], Array] = {}
        self._asked: dict[str, dict[int, int]] = defaultdict(dict)
        if not self.nodes:
            return
        judge = judge or Judge(Known(applications))
        judge.ask(self.nodes.values())
        self.known, self.row = judge.known, judge.known.row
        self._questions = Questions(judge, lambda each: np.packbits(each.holds))
        for pk, first, after, *place in slots.values_list("pk", *PLACE):
            first, after = (days or {}).get(pk, (first, after))
            self._places[pk] = len(self.cases)
            self.cases.append(
                Case(first.toordinal(), after.toordinal() - 1, *_of(place))
            )

    def where(self, people: Sequence[UUID], slots: Sequence[UUID]) -> Where:
        """Return these applications and slots, to be asked about in pairs."""
        if not self.nodes:
            return Where(np.zeros(len(people), int), np.zeros(len(slots), int))
        return Where(
            np.array([self.row[pk] for pk in people], np.int64),
            np.array([self._places[pk] for pk in slots], np.int64),
        )

    def of_pairs(self, text: str, where: Where, person: Array, slot: Array) -> Array:
        """Return, for each pair, whether the condition holds.

        Parameters
        ----------
        where: from ``where``. person, slot: the pairs, as places in its people and
            slots.
        """
        if text not in self.nodes or not len(person):
            return np.ones(len(person), bool)
        kinds, kind = np.unique(self._kind(text)[where.places], return_inverse=True)
        numbers = [self._number(text, each) for each in kinds.tolist()]
        bits = np.stack([self._questions.answers[number] for number in numbers])
        row = where.rows[person]
        shift = (7 - row % 8).astype(np.uint8)
        holds = bits[kind.reshape(-1)[slot], row // 8] >> shift
        return np.asarray(holds & 1, bool)

    def meets(self, text: str, application: UUID, slot: UUID) -> bool:
        """Return whether the condition holds for one person at one place."""
        if text not in self.nodes:
            return True
        place, bit = divmod(self.row[application], 8)
        bits = self._questions.answers[self.question(text, slot)]
        return bool(bits[place] >> (7 - bit) & 1)

    def somewhere(self, text: str) -> list[UUID]:
        """Return the applications for which the condition holds at any place."""
        asked = {self.question(text, slot) for slot in self._places}
        bits = [self._questions.answers[number] for number in asked]
        if not bits:
            return []
        holds = np.unpackbits(np.bitwise_or.reduce(bits), count=len(self.known))
        return [pk for pk, each in zip(self.known.ids, holds, strict=True) if each]

    def question(self, text: str, slot: UUID) -> int:
        """Return the number of what a condition asks at a place."""
        return self._number(text, int(self._kind(text)[self._places[slot]]))

    def _kind(self, text: str) -> Array:
        """Return for each place the first at which the condition asks the same."""
        names = self._names[text]
        if names not in self._kinds:
            first: dict[Any, int] = {}
            of = attrgetter(*names) if names else lambda _case: None
            found = [first.setdefault(of(c), n) for n, c in enumerate(self.cases)]
            self._kinds[names] = np.array(found, np.int64)
        return self._kinds[names]

    def _number(self, text: str, place: int) -> int:
        """Return the number of what a condition asks at a place."""
        asked = self._asked[text]
        if place not in asked:
            asked[place] = self._questions.number(self.nodes[text], self.cases[place])
        return asked[place]

    def answers(self, question: int) -> Array:
        """Return who meets what is asked, by number, as rows are numbered here."""
        bits = self._questions.answers[question]
        return np.unpackbits(bits, count=len(self.known)).astype(bool)

    @property
    def is_private(self) -> bool:
        """Whether any of the conditions asks for what is confidential."""
        asked = (leaf for node in self.nodes.values() for leaf in leaves(node))
        return any(map(self.known.is_private, asked)) if self.nodes else False


def _names(node: Node) -> tuple[str, ...]:
    """Return what of a place an answer to a condition depends on."""
    return tuple(sorted({name for leaf in leaves(node) for name in asked_of(leaf)}))


def _of(place: Sequence[Any]) -> tuple[Any, ...]:
    decision, *codes = place
    return decision.toordinal(), *codes
