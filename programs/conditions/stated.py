"""What people have stated: studies, jobs, and facts that the ministry has defined."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, assert_never

import numpy as np

from programs.choices import FactKind, StudyStatus
from programs.models import Education, Employment, FactDefinition, PersonFact

from .many import Array, Many, Rows
from .tree import Leaf
from .vocabulary import CLOSED, HUNDREDTHS, UNITS, Kind, Of, kind_of

ALWAYS = 1 << 40
"""Later than any day: that of a study which goes on."""
LIFE = 1 << 24
"""Days between the jobs of two people, when they are put on one line."""
KINDS = {
    Kind.NUMBER: FactKind.NUMBER,
    Kind.TRUTH: FactKind.TRUTH,
    Kind.DAY: FactKind.DAY,
    Kind.CODE: FactKind.CODE,
}
STUDY = ("level", "field", "status", "graduated", "gpa", "semester", "accreditation")
JOB = ("field", "start", "end")
FACT = ("kind", "value", "word", "start", "end")


def studies(people: Any, owner: Any) -> Iterable[tuple[Any, ...]]:
    """Yield (person, what ``STUDY`` names) of each study."""
    fields = (owner, "level", "isced_f", "status", "graduated_on")
    rows = Education.objects.filter(participant__in=people).order_by("pk")
    for (
        person,
        level,
        isced,
        status,
        graduated,
        gpa,
        semester,
        worth,
    ) in rows.values_list(*fields, "gpa", "semester", "accreditation"):
        yield (
            person,
            CLOSED[Of.EDUCATION].index(level) + 1,
            isced,
            status,
            graduated.toordinal() if graduated else 0,
            -1 if gpa is None else int(gpa * HUNDREDTHS),
            -1 if semester is None else semester * HUNDREDTHS,
            worth.casefold(),
        )


def jobs(people: Any, owner: Any) -> Iterable[tuple[Any, ...]]:
    """Yield (person, what ``JOB`` names) of each job, by the day it began."""
    rows = Employment.objects.filter(participant__in=people).order_by("starts_on", "pk")
    for person, isced, starts, ends in rows.values_list(
        owner, "isced_f", "starts_on", "ends_on"
    ):
        end = ends.toordinal() if ends else LIFE - 1
        yield person, isced, starts.toordinal(), end


def facts(people: Any, codes: Iterable[str], owner: Any) -> Iterable[tuple[Any, ...]]:
    """Yield (person, code, what ``FACT`` names) of facts that count.

    Each is decrypted once.
    """
    rows = PersonFact.objects.filter(participant__in=people, definition__code__in=codes)
    rows = rows.exclude(definition__is_verified=True, verified_at__isnull=True)
    fields = (owner, "definition__code", "definition__kind", "value")
    for *named, kind, value, starts, ends in rows.order_by("pk").values_list(
        *fields, "valid_from", "valid_to"
    ):
        end = ends.toordinal() if ends else ALWAYS
        yield *named, kind, _weight(kind, value), value, starts.toordinal(), end


def _weight(kind: str, value: str) -> int:
    match FactKind(kind):
        case FactKind.NUMBER:
            return int(Decimal(value) * HUNDREDTHS)
        case FactKind.TRUTH:
            return int(value == "yes")
        case FactKind.DAY:
            return date.fromisoformat(value).toordinal()
        case FactKind.CODE:
            return 0
        case unknown:
            assert_never(unknown)


def definitions(codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return kind, whether it is sensitive, and the names of facts, by their code."""
    rows = FactDefinition.objects.filter(code__in=codes).order_by()
    return {
        code: {"kind": kind, "is_sensitive": secret, "names": {"en": en, "id": id_}}
        for code, kind, secret, en, id_ in rows.values_list(
            "code", "kind", "is_sensitive", "name_en", "name_id"
        )
    }


def in_field(many: Many, leaf: Leaf) -> Any:
    """Return which studies or jobs are in the field that a comparison names."""
    if not len(many.owner):
        return False
    wanted = [value for name, value in leaf.about if name == "field"]
    if not wanted:
        return np.ones(len(many.owner), bool)
    return many["field"].among(wanted, prefix=True)


def of_latest(many: Many, rows: Rows, values: Array, where: Any, order: Any) -> Array:
    """Return the value of each person's latest row that counts, else -1."""
    if not len(many.owner):
        return many.highest(rows, values, False, -1)
    everybody = slice(None)
    last = many.highest(everybody, order, where, -1)
    is_last = where & (order == last[many.owner])
    return many.highest(rows, values, is_last, -1)


def rank_of_study(many: Many) -> Any:
    """Return how late a study is: what goes on is the latest."""
    is_active = many["status"].among([StudyStatus.ACTIVE.value])
    return np.where(is_active, ALWAYS, many["graduated"])


def worked(many: Many, rows: Rows, where: Any, day: Any) -> Array:
    """Return the time in jobs that count until a day, jobs at a time counted once."""
    if not len(many.owner):
        return many.highest(rows, many["start"], False, 0)
    owner = many.owner[where]
    line = owner * LIFE
    until = day[where] if np.ndim(day) else day
    begin = line + np.minimum(many["start"][where], until)
    end = line + np.minimum(many["end"][where], until)
    before = np.maximum.accumulate(np.concatenate([[0], end]))[:-1]
    days = np.maximum(0, end - np.maximum(begin, before))
    total = np.bincount(owner, weights=days, minlength=many.size)
    return np.asarray(total[rows].astype(np.int64) * UNITS["days"])


def counts(many: Many, leaf: Leaf, day: Any) -> Any:
    """Return which statements of a fact are of its kind, and valid on a day."""
    if not len(many.owner):
        return False
    is_one = many["kind"].among([KINDS[kind_of(leaf)].value])
    return is_one & (many["start"] <= day) & (many["end"] >= day)
