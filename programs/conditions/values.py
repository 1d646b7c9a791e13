"""What each fact is, for some people or all, at a place: a function a fact.

Each returns (values, known): the number a fact is compared by (see ``weights``), or
truths where it is true or false by itself, and where anything is known at all.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from programs.choices import PlacementState, StudyStatus

from . import stated
from .case import Case
from .days import shifted, ymd
from .known import NATIVE, NEVER, Known, tongue
from .many import Array, Rows
from .past import DROPPED, WENT
from .tree import APPLIED, DAYS, Day, Leaf
from .vocabulary import CLOSED, HUNDREDTHS, THIS, UNITS, Kind, Of, kind_of

Values = tuple[Any, Any]
"""Values and where they are known; a bare True where they always are."""
ENDLESS = 1 << 60
"""Longer than any time: since the last stay of somebody who had none."""
NOTHING = -1
"""The id of a skill that is not there any more: nobody has it."""
COURSE = 1
"""The evidence of what a step of a pathway teaches."""


def of_leaf(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Return the fact of a comparison, of these people at this place."""
    return READERS[leaf.fact](known, leaf, case, rows)


def day_of(known: Known, day: Day | None, case: Case, rows: Rows) -> Values:
    """Return a day as ordinals, one for all people or one each."""
    day = day or Day()
    if day.name == APPLIED:
        applied = known.applied[rows]
        return shifted(applied, day.shift, day.unit), applied > NEVER
    if day.name in DAYS:
        return shifted(case.ordinal(day.name), day.shift, day.unit), True
    ordinal = date.fromisoformat(day.name).toordinal()
    return shifted(ordinal, day.shift, day.unit), True


def age(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Completed years on a day."""
    day, is_known = day_of(known, leaf.on, case, rows)
    lived = (ymd(day) - ymd(known.born[rows])) // 10_000
    return lived * HUNDREDTHS, is_known


def born(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The day of birth."""
    return known.born[rows], True


def coded(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether a code is one of those asked for."""
    column = known.coded[leaf.fact]
    has = column.among(leaf.values, rows, prefix=leaf.fact == "field")
    is_denied = leaf.op in ("!=", "not in")
    return ~has if is_denied else has, column.known(rows)


def of_place(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether a code of the place itself is one of those asked for."""
    has = case.of_place(leaf.fact) in leaf.values
    is_denied = leaf.op in ("!=", "not in")
    people = len(known) if isinstance(rows, slice) else len(rows)
    return np.full(people, has != is_denied), True


def length(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The time of the stay itself."""
    people = len(known) if isinstance(rows, slice) else len(rows)
    return np.full(people, case.length * UNITS["days"]), True


def distance(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The way from home to the place, between the capitals of their provinces."""
    home = known.coded["province"]
    km, is_known = known.near.distances(home.texts(), case.province)
    return km[home.at[rows]] * HUNDREDTHS, is_known[home.at[rows]]


def nearness(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether the place is as near as asked for."""
    rank, is_known = nearness_rank(known, case, rows)
    has = np.isin(rank, [CLOSED[Of.NEARNESS].index(each) for each in leaf.values])
    is_denied = leaf.op in ("!=", "not in")
    return ~has if is_denied else has, is_known


def nearness_rank(known: Known, case: Case, rows: Rows) -> Values:
    """How near the place is, as the rank of its nearness: own, neighbour, farther."""
    home = known.coded["province"]
    rank, is_known = known.near.ranks(home.texts(), case.province)
    return rank[home.at[rows]], is_known[home.at[rows]]


def number(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """A number of the person or of the application."""
    values = known.numbers[leaf.fact]
    return values[rows], True


def on_list(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether province or regency are on a list that is in force on a day."""
    ((_name, code),) = leaf.about
    day, is_known = day_of(known, leaf.on, case, rows)
    province, regency = known.coded["province"], known.coded["regency"]
    found, in_force = False, False
    for start, end, regions in known.lists[code]:
        valid = (start <= day) & (day < end)
        listed = province.among(regions, rows) | regency.among(regions, rows)
        found, in_force = found | (listed & valid), in_force | valid
    has_home = province.known(rows) | regency.known(rows)
    return found & has_home, has_home & in_force & is_known


def disability(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether a disability is declared."""
    return known.disabled[rows], True


def language(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The best CEFR rank by certificates valid on a day, a step's course or birth."""
    wanted = tongue(leaf.about[0][1])
    day, is_known = day_of(known, leaf.on, case, rows)
    many = known.certificates
    is_one = many["language"].among([wanted]) if len(many.owner) else False
    best = _latest(many, rows, many["rank"], is_one, day, 0)
    native = known.native.among([wanted], rows) * NATIVE
    taught = case.languages.get(wanted, 0)
    return np.maximum(np.maximum(best, native), taught), is_known


def score(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The best score in a test, by certificates valid on a day."""
    day, is_known = day_of(known, leaf.on, case, rows)
    many = known.certificates
    wanted = leaf.about[0][1].casefold()
    is_one = many["test"].among([wanted]) if len(many.owner) else False
    best = _latest(many, rows, many["score"], is_one, day, -1)
    return best, is_known & (best >= 0)


def skill(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The level of a skill on a day, by evidence at least as good as asked for."""
    about = dict(leaf.about)
    day, is_known = day_of(known, leaf.on, case, rows)
    pk, many = known.skills.get(about["skill"], NOTHING), known.claims
    least = CLOSED[Of.EVIDENCE].index(about["evidence"]) if "evidence" in about else 0
    if len(many.owner):
        is_one = (many["skill"] == pk) & (many["evidence"] >= least)
    else:
        is_one = False
    best = _latest(many, rows, many["level"], is_one, day, 0)
    taught = case.skills.get(pk, 0) if least <= COURSE else 0
    return np.maximum(best, taught) * HUNDREDTHS, is_known


def education(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The highest level that somebody graduated from before a day."""
    day, is_known = day_of(known, leaf.on, case, rows)
    many = known.studies
    where: Any = stated.in_field(many, leaf)
    if len(many.owner):
        is_done = many["status"].among([StudyStatus.GRADUATED.value])
        where = where & is_done & (many["graduated"] <= _each(many, rows, day))
    level = many.highest(rows, many["level"], where, 0)
    return level, _has_any(many, rows) & is_known


def studying(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The level of what somebody studies now, 0 where that is nothing."""
    many = known.studies
    where: Any = stated.in_field(many, leaf)
    if len(many.owner):
        where = where & many["status"].among([StudyStatus.ACTIVE.value])
    return many.highest(rows, many["level"], where, 0), _has_any(many, rows)


def of_study(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The grade or the semester of the latest study that has one."""
    many = known.studies
    if not len(many.owner):
        return many.highest(rows, many[leaf.fact], False, -1), False
    has_one = many[leaf.fact] >= 0
    if leaf.fact == "semester":
        has_one &= many["status"].among([StudyStatus.ACTIVE.value])
    order = stated.rank_of_study(many)
    value = stated.of_latest(many, rows, many[leaf.fact], has_one, order)
    return value, value >= 0


def accreditation(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether the accreditation of the latest study is one of those asked for."""
    many = known.studies
    if not len(many.owner):
        return many.highest(rows, many["level"], False, 0) > 0, False
    has_one = many["accreditation"].known()
    is_one = many["accreditation"].among(leaf.values)
    order = stated.rank_of_study(many)
    found = stated.of_latest(many, rows, is_one.astype(int), has_one, order)
    is_denied = leaf.op in ("!=", "not in")
    return (found == 0 if is_denied else found == 1), found >= 0


def graduated(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The day of the last graduation."""
    many = known.studies
    where: Any = stated.in_field(many, leaf)
    day = many.highest(rows, many["graduated"], where, NEVER)
    return day, day > NEVER


def experience(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The time in jobs until a day; who names none has none."""
    day, is_known = day_of(known, leaf.on, case, rows)
    many = known.jobs
    where = stated.in_field(many, leaf)
    return stated.worked(many, rows, where, _each(many, rows, day)), is_known


def fact(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """What the ministry has defined: the latest of what is valid on a day."""
    day, is_known = day_of(known, leaf.on, case, rows)
    many = known.facts[leaf.about[0][1]]
    if not len(many.owner):
        return many.highest(rows, many["value"], False, -1) > 0, False
    where = stated.counts(many, leaf, _each(many, rows, day))
    if kind_of(leaf) is Kind.CODE:
        is_one = many["word"].among(leaf.values)
        found = stated.of_latest(many, rows, is_one.astype(int), where, many["start"])
        is_denied = leaf.op in ("!=", "not in")
        return (found == 0 if is_denied else found == 1), (found >= 0) & is_known
    value = stated.of_latest(many, rows, many["value"], where, many["start"])
    is_stated = (value >= 0) & is_known
    return (value > 0 if kind_of(leaf) is Kind.TRUTH else value), is_stated


def _has_any(many: Any, rows: Rows) -> Any:
    return many.count(rows, np.ones(len(many.owner), bool)) > 0


def free(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether one free time covers the stay; who names none is always free."""
    many = known.free
    covers = (many["start"] <= case.first) & (many["end"] > case.last)
    named = many.count(rows, np.ones(len(many.owner), bool))
    return (named == 0) | (many.count(rows, covers) > 0), True


def completed(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """Whether such a stay was completed before a day."""
    count, is_known = stays(known, leaf, case, rows)
    return count > 0, is_known


def stays(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """How many such stays were completed before a day."""
    return _stays(known, leaf, case, rows, (PlacementState.COMPLETED,))


def dropped(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """How many such places were given up before a day: not begun, or ended early."""
    return _stays(known, leaf, case, rows, DROPPED)


def days_since(known: Known, leaf: Leaf, case: Case, rows: Rows) -> Values:
    """The time since the last such stay ended; endless where there was none."""
    many = known.stays
    day, is_known = day_of(known, leaf.on, case, rows)
    where = _in_scope(known, leaf, case, rows, day, WENT)
    last = many.highest(rows, many["end"], where, NEVER)
    since = np.where(last > NEVER, (day - last) * UNITS["days"], ENDLESS)
    return since, is_known


def _stays(
    known: Known, leaf: Leaf, case: Case, rows: Rows, states: tuple[str, ...]
) -> Values:
    many = known.stays
    day, is_known = day_of(known, leaf.on, case, rows)
    where = _in_scope(known, leaf, case, rows, day, states)
    return many.count(rows, where) * HUNDREDTHS, is_known


def _in_scope(
    known: Known,
    leaf: Leaf,
    case: Case,
    rows: Rows,
    day: Any,
    states: tuple[str, ...],
) -> Any:
    """Return which stays a comparison is about."""
    many = known.stays
    if not len(many.owner):
        return False
    each = _each(many, rows, day)
    where = many["state"].among(states) & (many["end"] < each)
    if known.is_own:
        where &= many["own"] > 0
    for name, value in leaf.about:
        if name == "within":
            number, unit = value.split()
            where &= many["end"] >= shifted(each, -int(number), unit)
        else:
            code = case.this(name) if value == THIS else value
            where &= many[name].among([code])
    return where


def _latest(
    many: Any, rows: Rows, values: Array, is_one: Any, day: Any, empty: int
) -> Array:
    """Return the best of the rows that are valid on a day.

    A certificate is from the day on which its test was taken.
    """
    if not len(many.owner):
        return many.highest(rows, values, False, empty)
    each = _each(many, rows, day)
    is_valid = many["until"] >= each
    if "taken" in many.columns:
        is_valid = is_valid & (many["taken"] <= each)
    return many.highest(rows, values, is_one & is_valid, empty)


def _each(many: Any, rows: Rows, day: Any) -> Any:
    """Return a day for each row of ``many``: that of its person."""
    if np.ndim(day) == 0:
        return day
    whole = np.full(many.size, NEVER, dtype=np.int64)
    whole[rows] = day
    return whole[many.owner]


Reader = Callable[[Known, Leaf, Case, Rows], Values]
READERS: dict[str, Reader] = {
    "age": age,
    "born": born,
    "sex": coded,
    "citizenship": coded,
    "province": coded,
    "regency": coded,
    "on_list": on_list,
    "kkni": number,
    "field": coded,
    "home": coded,
    "home_kind": coded,
    "disability": disability,
    "merit": number,
    "destination": of_place,
    "host": of_place,
    "program": of_place,
    "program_kind": of_place,
    "length": length,
    "distance": distance,
    "nearness": nearness,
    "language": language,
    "score": score,
    "skill": skill,
    "education": education,
    "studying": studying,
    "gpa": of_study,
    "semester": of_study,
    "accreditation": accreditation,
    "graduated": graduated,
    "experience": experience,
    "fact": fact,
    "free": free,
    "completed": completed,
    "stays": stays,
    "dropped": dropped,
    "days_since": days_since,
}
"""A reader for each fact of the vocabulary."""
