"""Everything the rules look at, read in a constant number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programs import costing
from programs.choices import Cefr, PinKind, TransferGround
from programs.conditions.judging import Judge
from programs.conditions.known import Known
from programs.models import (
    Application,
    CostCategory,
    ExamSitting,
    HostRating,
    LanguageScale,
    Pin,
    Preference,
    Skill,
    Slot,
    TransferBasis,
    band_name,
)
from programs.reading import Index, at_one_moment, require_same

from . import (
    conditions,
    groups as group_pins,
    paying,
    people as people_columns,
    slots as slot_columns,
)
from .columns import Array, Codes
from .paying import Paying
from .people import People
from .slots import Slots

VETO, FORBID = 1, 2
Wishes = dict[int, list[tuple[int, UUID | None, UUID | None]]]
"""Person -> (rank, slot, pathway), best first."""


@dataclass
class FactCodes:
    """The small integers that stand for values in the columns."""

    intakes: Codes = field(default_factory=Codes)
    countries: Codes = field(default_factory=Codes)
    fields: Codes = field(default_factory=Codes)
    origins: Codes = field(default_factory=Codes)
    skills: Codes = field(default_factory=Codes)
    languages: Codes = field(default_factory=Codes)
    consents: Codes = field(default_factory=Codes)
    """Countries to which a person's data go by consent only."""


class Labels:
    """Names for the words of reasons, read when the first reason is put into words."""

    def __init__(self, codes: FactCodes) -> None:
        self.codes = codes

    def read(self) -> tuple[Any, ...]:
        """Read all of them now: with the facts, or they are of another moment."""
        return self.skills, self.categories, self.scale, self.sittings

    @cached_property
    def skills(self) -> list[dict[str, str]]:
        """Names of the skills by their number, in both languages."""
        rows = Skill.objects.values_list("pk", "name_en", "name_id")
        names = {pk: {"en": en, "id": id_} for pk, en, id_ in rows}
        return [names[pk] for pk in self.codes.skills]

    @cached_property
    def categories(self) -> dict[str, dict[str, str]]:
        """Names of cost categories by their code, in both languages."""
        rows = CostCategory.objects.values_list("code", "name_en", "name_id")
        return {code: {"en": en, "id": id_} for code, en, id_ in rows}

    @cached_property
    def sittings(self) -> dict[str, list[ExamSitting]]:
        """When each test is held, the next first."""
        found: dict[str, list[ExamSitting]] = defaultdict(list)
        for sitting in ExamSitting.objects.order_by("held_on"):
            found[sitting.test].append(sitting)
        return dict(found)

    @cached_property
    def scale(self) -> list[tuple[str, str, str, int, str]]:
        """Lines of the language scales: (language, test, version, rank, band).

        What is sourced comes before what is assumed, whole bands before parts of one,
        and of several of one level the easiest: N4 before N3, 5.5 before 6.0.
        """
        rows = LanguageScale.objects.order_by(
            "-basis", "from_score", "test", "-version", "cefr", "band"
        )
        fields = ("language", "test", "version", "cefr", "band", "from_score", "basis")
        scale: list[tuple[str, str, str, int, str]] = []
        lines = list(rows.values_list(*fields))
        counted_down = _counted_down(lines)
        for key, of_level in groupby(lines, itemgetter(1, 2, 3, 5, 6)):
            bands = list(of_level)
            for language, test, version, cefr, band, points, _basis in (
                reversed(bands) if key[:2] in counted_down else bands
            ):
                rank, name = Cefr.rank(cefr), band_name(band, points)
                scale.append((language, test, version, rank, name))
        return scale


def _counted_down(lines: list[Any]) -> set[tuple[str, str]]:
    """Return the tests, with their version, whose last name is their easiest band."""
    ranks: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for _language, test, version, cefr, band, *_more in lines:
        known = ranks[test, version]
        known[band] = max(known.get(band, 0), Cefr.rank(cefr))
    return {test for test, of in ranks.items() if of[min(of)] > of[max(of)]}


@dataclass(frozen=True, eq=False)
class Facts:
    """The columns of people and slots, and what links them.

    A *column* is a slot, or a step of a pathway: ``pathways`` names the columns of
    each. Rows of people are applications. ``on`` is the day of the judgement as an
    ordinal for each column.
    """

    people: People
    slots: Slots
    pathways: dict[UUID, tuple[int, ...]]
    codes: FactCodes
    costs: costing.Costs
    labels: Labels
    on: Array
    marks: Array
    """Vetoes and prohibitions: marked person x column, its first row all clear."""
    mark_row: Array
    paying: Paying
    """Where a cost is left that nobody may pay."""
    pinned: Array
    """The column each person is pinned to, or -1; of a pathway its first."""
    preferences: Wishes
    """person -> [(rank, slot id | None, pathway id | None)]."""
    score_key: Array
    """Sorted person x columns + column of each pair a host has scored."""
    score: Array
    """The scores, 0 to 100, in the order of ``score_key``."""
    asked: conditions.Asked
    """The conditions of programs and slots, and how each person stands with them."""
    column_of: dict[UUID, int]
    """slot id -> its own column (not those of steps)."""
    groups: group_pins.Groups = field(default_factory=group_pins.Groups)
    """Pins and prohibitions of groups."""
    left_out: frozenset[str] = frozenset()
    """Codes of rules that are not asked: a scenario tries what follows."""

    @cached_property
    def begins(self) -> dict[int, UUID]:
        """The pathway that begins with a column."""
        return {columns[0]: pathway for pathway, columns in self.pathways.items()}

    def pinned_place(self, row: int) -> UUID | None:
        """Return the slot or the pathway that a person is pinned to, or None."""
        column = int(self.pinned[row])
        if column < 0:
            return None
        place: UUID = self.begins.get(column, self.slots.slot[column])
        return place

    @property
    def columns(self) -> int:
        """How many columns there are: slots and steps."""
        return len(self.slots)


def load(
    *,
    applications: QuerySet[Application],
    slots: QuerySet[Slot],
    on: date | None = None,
    costs: costing.Costs | None = None,
    known: Sequence[Application] | None = None,
    instead: conditions.Instead | None = None,
    days: costing.Days | None = None,
    judge: Judge | None = None,
    alone: bool = False,
) -> Facts:
    """Read the facts of applications and slots in a constant number of queries.

    Parameters
    ----------
    applications, slots: querysets.
    on: the day of the judgement; each intake's decision day unless given.
    costs: a cost table of the slots, read when not given.
    known: the applications as the caller has read them at the same moment; their
        order is then that of the rows.
    instead: {slot: (condition of the program, its own)} to judge by, where not by
        those that are stored.
    alone: whether pathways of the slots' intakes are left out.
    days: of a stay that does not last as long as its slot.
    judge: what conditions know of these people already, shared with other rules.
    """
    with at_one_moment() as is_one:
        facts = _load(
            applications, slots, on, costs, known, instead, days or {}, judge, alone
        )
        if not is_one:
            now = applications.order_by().values_list("pk", flat=True)
            require_same(facts.people.application, now, what=_("applications"))
    return facts


def _load(
    applications: QuerySet[Application],
    slots: QuerySet[Slot],
    on: date | None,
    costs: costing.Costs | None,
    known: Sequence[Application] | None,
    instead: conditions.Instead | None,
    stays: costing.Days,
    judge: Judge | None,
    alone: bool,
) -> Facts:
    codes = FactCodes(consents=Codes(_consent_countries()))
    reading = slot_columns.read(slots, codes=codes, days=stays, alone=alone)
    people = people_columns.load(applications, codes=codes, known=known)
    table = slot_columns.tabulate(reading, codes=codes)
    judge = judge or Judge(Known(applications))
    if costs is None:
        everywhere = _with_steps(slots, reading)
        costs = costing.load(
            slots=everywhere, days=stays, people=applications, judge=judge
        )
    require_same(set(table.slot) - costs.places, (), what=_("slots"))
    row_of = Index(people.application, what=_("applications"))
    columns_of: dict[UUID, list[int]] = defaultdict(list)
    column_of: dict[UUID, int] = {}
    for number, pk in enumerate(table.slot):
        columns_of[pk].append(number)
        if not table.is_step[number]:
            column_of[pk] = number
    days = table.decide if on is None else np.full(len(table), on.toordinal(), np.int32)
    pins = _pins(applications, days, row_of, columns_of, reading.pathways)
    vetoes = _vetoes(applications, row_of, columns_of)
    marks, mark_row = _marks(pins, vetoes, len(people), len(table))
    score_key, score = _scores(applications, row_of, columns_of, len(table))
    asked = conditions.load(
        people, table, codes=codes, on=days, instead=instead, judge=judge
    )
    pinned = np.full(len(people), -1, dtype=np.int32)
    own = set(column_of.values())
    for row, columns, kind in pins:
        # A slot that is read as a step alone is none that somebody is pinned to here.
        is_whole = columns in reading.pathways.values()
        if kind == PinKind.PIN and (columns[0] in own or is_whole):
            pinned[row] = columns[0]
    groups = group_pins.load(
        applications,
        list(people.application),
        table,
        codes=codes,
        days=days,
        stays=stays,
        judge=judge,
    )
    return Facts(
        people=people,
        slots=table,
        pathways=reading.pathways,
        codes=codes,
        costs=costs,
        labels=Labels(codes),
        on=days,
        marks=marks,
        mark_row=mark_row,
        paying=paying.build(table, people, codes.origins, costs),
        pinned=pinned,
        preferences=_preferences(applications, row_of),
        score_key=score_key,
        score=score,
        asked=asked,
        column_of=column_of,
        groups=groups.without(pinned >= 0),
    )


def _consent_countries() -> list[str]:
    rows = TransferBasis.objects.filter(ground=TransferGround.CONSENT)
    return list(rows.order_by("country").values_list("country_id", flat=True))


def _with_steps(slots: QuerySet[Slot], reading: slot_columns.Reading) -> QuerySet[Slot]:
    """Return a queryset of the slots and of every slot that is a step of theirs."""
    steps = slots.model.objects.filter(
        pathway_steps__pathway__in=list(reading.pathways)
    ).values("pk")
    return slots.model.objects.filter(
        Q(pk__in=slots.order_by().values("pk")) | Q(pk__in=steps)
    )


def _pins(
    applications: QuerySet[Application],
    days: Array,
    row_of: Index,
    columns_of: dict[UUID, list[int]],
    pathways: dict[UUID, tuple[int, ...]],
) -> list[tuple[int, Sequence[int], str]]:
    """Return [(person, columns, kind)] of the pins that have not run out."""
    pins: list[tuple[int, Sequence[int], str]] = []
    rows = Pin.objects.filter(application__in=applications.order_by().values("pk"))
    for application, slot, pathway, kind, until in rows.order_by("pk").values_list(
        "application_id", "slot_id", "pathway_id", "kind", "until"
    ):
        columns = pathways.get(pathway) if pathway else columns_of.get(slot)
        if columns and (until is None or until.toordinal() >= days[columns[0]]):
            pins.append((row_of[application], columns, kind))
    return pins


def _vetoes(
    applications: QuerySet[Application],
    row_of: Index,
    columns_of: dict[UUID, list[int]],
) -> list[tuple[int, list[int]]]:
    rows = HostRating.objects.filter(
        is_veto=True, application__in=applications.order_by().values("pk")
    )
    return [
        (row_of[application], columns_of[slot])
        for application, slot in rows.values_list("application_id", "slot_id")
        if slot in columns_of
    ]


def _marks(
    pins: list[tuple[int, Sequence[int], str]],
    vetoes: list[tuple[int, list[int]]],
    num_people: int,
    num_columns: int,
) -> tuple[Array, Array]:
    """Return a matrix of the few marked people, and each person's row in it."""
    marked: list[tuple[int, Sequence[int], int]] = [
        (row, columns, VETO) for row, columns in vetoes
    ]
    marked += [
        (row, columns, FORBID) for row, columns, kind in pins if kind == PinKind.FORBID
    ]
    place = {row: n for n, row in enumerate(sorted({m[0] for m in marked}), start=1)}
    marks = np.zeros((len(place) + 1, num_columns), dtype=np.uint8)
    mark_row = np.zeros(num_people, dtype=np.int32)
    for row, number in place.items():
        mark_row[row] = number
    for row, columns, mark in marked:
        marks[place[row], list(columns)] |= mark
    return marks, mark_row


def _preferences(applications: QuerySet[Application], row_of: Index) -> Wishes:
    wishes: Wishes = defaultdict(list)
    rows = Preference.objects.filter(
        application__in=applications.order_by().values("pk")
    )
    for application, rank, slot, pathway in rows.order_by("rank").values_list(
        "application_id", "rank", "slot_id", "pathway_id"
    ):
        wishes[row_of[application]].append((rank, slot, pathway))
    return wishes


def _scores(
    applications: QuerySet[Application],
    row_of: Index,
    columns_of: dict[UUID, list[int]],
    num_columns: int,
) -> tuple[Array, Array]:
    """Return (sorted keys, scores) of the pairs that hosts have scored."""
    rows = HostRating.objects.filter(
        score__isnull=False, application__in=applications.order_by().values("pk")
    )
    pairs = sorted(
        (row_of[application] * num_columns + column, score)
        for application, slot, score in rows.values_list(
            "application_id", "slot_id", "score"
        )
        for column in columns_of.get(slot, ())
    )
    keys, scores = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(keys, dtype=np.int64), np.array(scores, dtype=np.int32)
