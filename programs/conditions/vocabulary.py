"""The facts a condition may ask for: what kind each is, and what it has to be told."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext as _, gettext_lazy, gettext_noop

from programs.choices import (
    Cefr,
    EducationLevel,
    InstitutionKind,
    ProgramKind,
    Sex,
    SkillEvidence,
)

from .tree import Leaf


class Kind(StrEnum):
    """What a fact is compared with."""

    NUMBER = "number"
    """A number with up to two decimals."""
    DURATION = "duration"
    """A time: a number and days, months or years."""
    LEVEL = "level"
    """A level of a scale, lowest first."""
    CODE = "code"
    """One of several codes, without an order."""
    DAY = "day"
    """A day."""
    TRUTH = "truth"
    """True or false by itself."""
    ANY = "any"
    """Any of number, day, code and truth: what it is defined as."""


class Nearness(TextChoices):
    """How near a place in Indonesia is to somebody's home province, nearest first."""

    OWN = "own", gettext_lazy("own province")
    NEIGHBOUR = "neighbour", gettext_lazy("neighbouring province")
    FARTHER = "farther", gettext_lazy("farther away")


class Of(StrEnum):
    """What a code names; those that are rows have to exist."""

    SEX = "sex"
    COUNTRY = "country"
    REGION = "region"
    FIELD = "field"
    INSTITUTION = "institution"
    INSTITUTION_KIND = "institution_kind"
    PROGRAM = "program"
    PROGRAM_KIND = "program_kind"
    LIST = "list"
    SKILL = "skill"
    EVIDENCE = "evidence"
    LANGUAGE = "language"
    TEST = "test"
    CEFR = "cefr"
    EDUCATION = "education"
    ACCREDITATION = "accreditation"
    FACT = "fact"
    WORD = "word"
    WITHIN = "within"
    NEARNESS = "nearness"

    @property
    def label(self) -> str:
        """What it is, in the reader's language."""
        return _(NAMES[self])


NAMES = {
    Of.SEX: gettext_noop("sex"),
    Of.COUNTRY: gettext_noop("country"),
    Of.REGION: gettext_noop("region (Kemendagri code)"),
    Of.FIELD: gettext_noop("field of study"),
    Of.INSTITUTION: gettext_noop("institution"),
    Of.INSTITUTION_KIND: gettext_noop("kind of institution"),
    Of.PROGRAM: gettext_noop("program"),
    Of.PROGRAM_KIND: gettext_noop("kind of program"),
    Of.LIST: gettext_noop("region list"),
    Of.SKILL: gettext_noop("skill"),
    Of.EVIDENCE: gettext_noop("evidence"),
    Of.LANGUAGE: gettext_noop("language"),
    Of.TEST: gettext_noop("language test"),
    Of.CEFR: gettext_noop("CEFR level"),
    Of.EDUCATION: gettext_noop("level of education"),
    Of.ACCREDITATION: gettext_noop("accreditation"),
    Of.FACT: gettext_noop("fact"),
    Of.WORD: gettext_noop("word"),
    Of.WITHIN: gettext_noop("time"),
    Of.NEARNESS: gettext_noop("nearness"),
}
CLOSED = {
    Of.SEX: tuple(Sex.values),
    Of.INSTITUTION_KIND: tuple(InstitutionKind.values),
    Of.PROGRAM_KIND: tuple(ProgramKind.values),
    Of.EVIDENCE: tuple(SkillEvidence.values),
    Of.CEFR: tuple(Cefr.values),
    Of.EDUCATION: tuple(EducationLevel.values),
    Of.NEARNESS: tuple(Nearness.values),
}
"""Codes that never change, weakest evidence and lowest level first."""

THIS = "this"
"""The program, kind, country or host of the place that is asked for."""
SCOPE = {
    "program": Of.PROGRAM,
    "kind": Of.PROGRAM_KIND,
    "in": Of.COUNTRY,
    "host": Of.INSTITUTION,
    "within": Of.WITHIN,
}
"""What stays can be narrowed to, in the order in which they are written."""


@dataclass(frozen=True)
class Fact:
    """A fact and how it may be asked for.

    ``of`` says what its codes or levels are. ``asks`` names what stands in brackets
    behind it, by name; ``needed`` of these have to be there. ``is_dated``: it may be
    asked for on a day. ``can_change``: whoever lacks it may still get it before the
    stay. ``is_private``: its value is told to nobody. ``least``, ``most`` bound what
    it can be.
    """

    kind: Kind
    of: Of | None = None
    asks: tuple[tuple[str, Of], ...] = ()
    needed: int = 0
    is_dated: bool = False
    can_change: bool = False
    is_private: bool = False
    least: int | None = None
    most: int | None = None
    is_whole: bool = False
    """Whether it is a whole number."""
    unit: str = ""
    """The unit where none is written; empty: it has to be."""
    is_of_place: bool = False
    """Whether it is of the place that is asked for, and not of the person."""

    @property
    def has_scope(self) -> bool:
        """Whether it is about stays, which can be narrowed."""
        return self.asks == tuple(SCOPE.items())


KM = "km"
STAYS = tuple(SCOPE.items())
FIELD = (("field", Of.FIELD),)
FACTS = {
    "age": Fact(
        Kind.NUMBER, is_dated=True, least=0, most=150, is_whole=True, unit="years"
    ),
    "born": Fact(Kind.DAY),
    "sex": Fact(Kind.CODE, Of.SEX),
    "citizenship": Fact(Kind.CODE, Of.COUNTRY),
    "province": Fact(Kind.CODE, Of.REGION),
    "regency": Fact(Kind.CODE, Of.REGION),
    "on_list": Fact(Kind.TRUTH, asks=(("list", Of.LIST),), needed=1, is_dated=True),
    "kkni": Fact(Kind.NUMBER, least=1, most=9, is_whole=True),
    "field": Fact(Kind.CODE, Of.FIELD),
    "home": Fact(Kind.CODE, Of.INSTITUTION),
    "home_kind": Fact(Kind.CODE, Of.INSTITUTION_KIND),
    "disability": Fact(Kind.TRUTH, is_private=True),
    "merit": Fact(Kind.NUMBER, least=0, most=100),
    "destination": Fact(Kind.CODE, Of.COUNTRY, is_of_place=True),
    "host": Fact(Kind.CODE, Of.INSTITUTION, is_of_place=True),
    "program": Fact(Kind.CODE, Of.PROGRAM, is_of_place=True),
    "program_kind": Fact(Kind.CODE, Of.PROGRAM_KIND, is_of_place=True),
    "length": Fact(Kind.DURATION, is_of_place=True),
    "distance": Fact(Kind.NUMBER, least=0, most=20_040, is_whole=True, unit=KM),
    "nearness": Fact(Kind.CODE, Of.NEARNESS),
    "language": Fact(
        Kind.LEVEL,
        Of.CEFR,
        asks=(("language", Of.LANGUAGE),),
        needed=1,
        is_dated=True,
        can_change=True,
    ),
    "score": Fact(
        Kind.NUMBER,
        asks=(("test", Of.TEST),),
        needed=1,
        is_dated=True,
        can_change=True,
    ),
    "skill": Fact(
        Kind.NUMBER,
        asks=(("skill", Of.SKILL), ("evidence", Of.EVIDENCE)),
        needed=1,
        is_dated=True,
        can_change=True,
        least=0,
        most=4,
        is_whole=True,
    ),
    "education": Fact(
        Kind.LEVEL,
        Of.EDUCATION,
        asks=FIELD,
        is_dated=True,
        can_change=True,
    ),
    "studying": Fact(Kind.LEVEL, Of.EDUCATION, asks=FIELD),
    "gpa": Fact(Kind.NUMBER, can_change=True, least=0, most=4),
    "semester": Fact(Kind.NUMBER, least=0, most=20, is_whole=True),
    "accreditation": Fact(Kind.CODE, Of.ACCREDITATION),
    "graduated": Fact(Kind.DAY, asks=FIELD),
    "experience": Fact(Kind.DURATION, asks=FIELD, is_dated=True, can_change=True),
    "fact": Fact(
        Kind.ANY, asks=(("fact", Of.FACT),), needed=1, is_dated=True, can_change=True
    ),
    "free": Fact(Kind.TRUTH),
    "completed": Fact(Kind.TRUTH, asks=STAYS, is_dated=True, can_change=True),
    "stays": Fact(
        Kind.NUMBER,
        asks=STAYS,
        is_dated=True,
        can_change=True,
        least=0,
        is_whole=True,
    ),
    "dropped": Fact(Kind.NUMBER, asks=STAYS, is_dated=True, least=0, is_whole=True),
    "days_since": Fact(Kind.DURATION, asks=STAYS, is_dated=True, unit="days"),
}
"""Facts by name."""

NUMBER = re.compile(r"\d{1,9}(\.\d{1,2})?")
"""How a number is written."""


def kind_of(leaf: Leaf) -> Kind:
    """Return what a comparison compares, as its fact or its value says."""
    kind = FACTS[leaf.fact].kind
    if kind is not Kind.ANY:
        return kind
    if not leaf.op:
        return Kind.TRUTH
    if leaf.day:
        return Kind.DAY
    is_number = leaf.op in NUMERIC and NUMBER.fullmatch(leaf.values[0])
    return Kind.NUMBER if is_number else Kind.CODE


NUMERIC = ("<", "<=", ">", ">=", "=", "!=")
UNITS = {"days": 400, "months": 12_175, "years": 146_100}
"""What a unit of time is in four-hundredths of a day: a year has 365.25 days."""
HUNDREDTHS = 100
"""Numbers are compared in hundredths, which are whole."""
