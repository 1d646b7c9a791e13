"""The slots of a judgement as columns, and each step of a pathway as one more.

A step is its slot, judged for a person who has what the earlier steps teach. So a
step has a column of its own, and every rule judges it like any other.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programs import costing
from programs.choices import AgreementState, Cefr, RequirementKind, SlotState
from programs.models import PathwayStep, SkillRequirement, Slot
from programs.models.gaps import gap_days
from programs.reading import require_same

from .columns import (
    ALWAYS,
    NEVER,
    Array,
    Codes,
    column,
    day,
    objects,
    padded,
    tongue,
    ymd,
)

if TYPE_CHECKING:
    from .facts import FactCodes

Row = dict[str, Any]
"""The fields of a slot by name."""
Needs = dict[UUID, dict[str, list[tuple[int, int]]]]
"""Slot -> kind of requirement -> (skill, level)."""
OLDEST = 999
FIELDS = (
    "pk",
    "code",
    "host__code",
    "condition",
    "intake_id",
    "state",
    "starts_on",
    "ends_on",
    "min_kkni",
    "isced_fields",
    "country_id",
    "province_id",
    "work_language",
    "min_cefr",
    "taught_language",
    "taught_cefr",
    "intake__decide_by",
    "intake__max_choices",
    "intake__program__code",
    "intake__program__kind",
    "intake__program__condition",
    "intake__program__citizenship_id",
    "intake__program__min_age",
    "intake__program__max_age",
    "intake__program__min_kkni",
    "intake__program__isced_fields",
    "route__code",
    "route__name_en",
    "route__name_id",
    "route__valid_from",
    "route__valid_to",
    "route__stay_until",
    "route__lead_time_days",
    "route__travel_days",
    "agreement__code",
    "agreement__state",
    "agreement__valid_from",
    "agreement__valid_to",
)


@dataclass(frozen=True, eq=False)
class Slots:
    """Columns over slots and steps; days are ordinals, ``-1`` is none or any."""

    slot: Array
    is_step: Array
    facts: tuple[Row, ...]
    """The fields of each slot by name, for the words of reasons."""
    intake: Array
    is_open: Array
    start: Array
    end: Array
    start_ymd: Array
    decide: Array
    max_choices: Array
    citizenship: Array
    min_age: Array
    max_age: Array
    kkni: Array
    field_ok: Array
    """field of study x column"""
    skill: Array
    """Required skills: column x place; their levels stand in ``level``."""
    level: Array
    preferred: Array
    preferred_level: Array
    language: Array
    cefr: Array
    route_from: Array
    route_to: Array
    stay_until: Array
    lead_days: Array
    country: Array
    travel_days: Array
    """Of the journey: they lie between two stays in different countries."""
    agreement_ok: Array
    taught_skill: Array
    """Levels that earlier steps teach: column x skill."""
    taught_language: Array
    consent: Array
    """The country, where it is one that asks for consent to the transfer; else -1."""
    not_before: Array
    """The day after the step before, and the journey from it."""
    step_gap: Array
    """Days of the journey from the step before."""

    def __len__(self) -> int:
        return len(self.slot)


@dataclass
class Column:
    """A slot, or a step with what was taught before it."""

    facts: Row
    intake: int
    is_step: bool
    skills: Array
    languages: Array
    not_before: int = NEVER
    gap: int = 0


@dataclass(frozen=True)
class Reading:
    """What was read of the slots, before the people are known."""

    columns: list[Column]
    needs: Needs
    pathways: dict[UUID, tuple[int, ...]]


def read(
    slots: QuerySet[Slot],
    *,
    codes: "FactCodes",
    days: costing.Days,
    alone: bool = False,
) -> Reading:
    """Read slots and pathways in a constant number of queries; slots ``alone``."""
    wanted = {pk for (pk,) in slots.order_by().values_list("pk")}
    steps = PathwayStep.objects.filter(pathway__intake__in=slots.values("intake_id"))
    if alone:
        steps = steps.none()
    records = Slot.objects.filter(
        Q(pk__in=slots.order_by().values("pk")) | Q(pk__in=steps.values("slot_id"))
    )
    rows = {row["pk"]: row for row in records.order_by("code").values(*FIELDS)}
    for pk, (first, after) in days.items():
        rows[pk] |= {"starts_on": first, "ends_on": after}
    needs = _requirements(records, codes.skills)
    for row in rows.values():
        codes.languages.add(tongue(row["work_language"]))
        codes.languages.add(tongue(row["taught_language"]))
    columns = [
        Column(row, codes.intakes.add(row["intake_id"]), False, *_nothing(codes))
        for pk, row in rows.items()
        if pk in wanted
    ]
    return Reading(columns, needs, _add_steps(steps, rows, needs, columns, codes))


def _nothing(codes: "FactCodes") -> tuple[Array, Array]:
    return (
        np.zeros(len(codes.skills) + 1, dtype=np.uint8),
        np.zeros(len(codes.languages) + 1, dtype=np.uint8),
    )


def _requirements(slots: QuerySet[Slot], skills: Codes) -> Needs:
    """Return {slot: {kind: [(skill code, level)]}}."""
    needs: Needs = defaultdict(lambda: defaultdict(list))
    rows = SkillRequirement.objects.filter(slot__in=slots.values("pk"))
    for slot, skill, kind, level in rows.order_by("slot", "skill").values_list(
        "slot_id", "skill_id", "kind", "level"
    ):
        needs[slot][kind].append((skills.add(skill), level))
    return needs


def _add_steps(
    steps: QuerySet[PathwayStep],
    rows: dict[UUID, Row],
    needs: Needs,
    columns: list[Column],
    codes: "FactCodes",
) -> dict[UUID, tuple[int, ...]]:
    """Append a column for each step and return {pathway: columns}."""
    pathways: dict[UUID, list[int]] = defaultdict(list)
    ordered = list(
        steps.order_by("pathway__code", "position").values_list(
            "pathway_id", "pathway__intake_id", "slot_id"
        )
    )
    require_same({slot for *_way, slot in ordered} - rows.keys(), (), what=_("slots"))
    for pathway, intake, slot in ordered:
        step = Column(rows[slot], codes.intakes.add(intake), True, *_nothing(codes))
        if before := pathways[pathway]:
            _carry_on(columns[before[-1]], step, needs, codes.languages)
        pathways[pathway].append(len(columns))
        columns.append(step)
    return {pathway: tuple(numbers) for pathway, numbers in pathways.items()}


def _carry_on(before: Column, step: Column, needs: Needs, languages: Codes) -> None:
    """Give a step what the step before it had and teaches."""
    one, other = (
        (row["country_id"], row["route__travel_days"])
        for row in (before.facts, step.facts)
    )
    step.gap = gap_days(one, other)
    step.not_before = before.facts["ends_on"].toordinal() + step.gap
    np.maximum(step.skills, before.skills, out=step.skills)
    for skill, level in needs[before.facts["pk"]][RequirementKind.TAUGHT]:
        step.skills[skill] = max(step.skills[skill], level)
    np.maximum(step.languages, before.languages, out=step.languages)
    language = languages.get(tongue(before.facts["taught_language"]))
    if language >= 0:
        rank = Cefr.rank(before.facts["taught_cefr"])
        step.languages[language] = max(step.languages[language], rank)


def tabulate(reading: Reading, *, codes: "FactCodes") -> Slots:
    """Return the columns, once the people's fields of study are known."""
    columns, needs = reading.columns, reading.needs
    rows = [each.facts for each in columns]
    required = [needs[row["pk"]][RequirementKind.REQUIRED] for row in rows]
    preferred = [needs[row["pk"]][RequirementKind.PREFERRED] for row in rows]
    no_skill, no_language = len(codes.skills), len(codes.languages)
    languages = [codes.languages.get(tongue(row["work_language"])) for row in rows]

    def of(name: str, dtype: npt.DTypeLike, default: int) -> Array:
        return column(
            [default if row[name] is None else row[name] for row in rows], dtype
        )

    def days(name: str, empty: int) -> Array:
        return column([day(row[name], empty) for row in rows], np.int32)

    return Slots(
        slot=objects([row["pk"] for row in rows]),
        is_step=column([each.is_step for each in columns], bool),
        facts=tuple(rows),
        intake=column([each.intake for each in columns], np.int32),
        is_open=column([row["state"] == SlotState.OPEN for row in rows], bool),
        start=days("starts_on", NEVER),
        end=days("ends_on", NEVER),
        start_ymd=column([ymd(row["starts_on"]) for row in rows], np.int32),
        decide=days("intake__decide_by", NEVER),
        max_choices=of("intake__max_choices", np.int16, 1),
        citizenship=column(
            [
                codes.countries.add(row["intake__program__citizenship_id"])
                for row in rows
            ],
            np.int16,
        ),
        min_age=of("intake__program__min_age", np.int32, 0),
        max_age=of("intake__program__max_age", np.int32, OLDEST),
        kkni=column(
            [
                max(row["intake__program__min_kkni"], row["min_kkni"] or 0)
                for row in rows
            ],
            np.int8,
        ),
        field_ok=_fields(rows, codes.fields),
        skill=padded([[s for s, _ in each] for each in required], no_skill, np.int16),
        level=padded([[level for _, level in each] for each in required], 0, np.uint8),
        preferred=padded(
            [[s for s, _ in each] for each in preferred], no_skill, np.int16
        ),
        preferred_level=padded(
            [[level for _, level in each] for each in preferred], 0, np.uint8
        ),
        language=column([no_language if n < 0 else n for n in languages], np.int16),
        cefr=column([Cefr.rank(row["min_cefr"]) for row in rows], np.uint8),
        route_from=days("route__valid_from", NEVER),
        route_to=days("route__valid_to", ALWAYS),
        stay_until=days("route__stay_until", ALWAYS),
        lead_days=of("route__lead_time_days", np.int32, 0),
        country=column(
            [codes.countries.add(row["country_id"]) for row in rows], np.int16
        ),
        travel_days=of("route__travel_days", np.int32, 0),
        agreement_ok=column([_in_force(row) for row in rows], bool),
        taught_skill=column([each.skills for each in columns] or [[]], np.uint8),
        taught_language=column([each.languages for each in columns] or [[]], np.uint8),
        consent=column(
            [codes.consents.get(row["country_id"]) for row in rows], np.int16
        ),
        not_before=column([each.not_before for each in columns], np.int32),
        step_gap=column([each.gap for each in columns], np.int32),
    )


def _in_force(row: Row) -> bool:
    """Return whether the agreement, if the slot rests on one, covers its start."""
    if row["agreement__code"] is None:
        return True
    begins, ends = row["agreement__valid_from"], row["agreement__valid_to"]
    signed = row["agreement__state"] == AgreementState.IN_FORCE
    return signed and begins <= row["starts_on"] < ends


def _fields(rows: list[Row], fields: Codes) -> Array:
    """Return field x column: whether program and slot both admit the field."""
    lists = [
        [
            tuple(text.split(","))
            for text in (row["intake__program__isced_fields"], row["isced_fields"])
            if text
        ]
        for row in rows
    ]
    return column(
        [
            [all(field.startswith(prefixes) for prefixes in each) for each in lists]
            for field in fields
        ]
        or [[True] * len(rows)],
        bool,
    )
