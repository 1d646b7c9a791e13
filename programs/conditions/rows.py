"""Whether the rows that conditions name exist: programs, lists, skills, tests."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from babel import Locale

from programs.models import (
    Country,
    Institution,
    LanguageScale,
    Program,
    Region,
    RegionList,
    Skill,
)

from .grammar import Parsed, Reference
from .known import tongue
from .vocabulary import Of


def missing(parsed: Iterable[Parsed]) -> set[tuple[Of, str]]:
    """Return the codes that name no row, asking once for each kind of row."""
    wanted: dict[Of, set[str]] = defaultdict(set)
    for each in parsed:
        for reference in each.references:
            wanted[reference.of].add(reference.code)
    return {
        (of, code)
        for of, codes in wanted.items()
        for code in codes - _existing(of, codes)
    }


def first_missing(parsed: Parsed, gone: set[tuple[Of, str]]) -> Reference | None:
    """Return the first place of a condition that names a row that does not exist."""
    for reference in parsed.references:
        if (reference.of, reference.code) in gone:
            return reference
    return None


def _existing(of: Of, codes: set[str]) -> set[str]:
    return FIND[of](codes)


def _column(model, column: str) -> Callable[[set[str]], set[str]]:  # type: ignore[no-untyped-def]
    def find(codes: set[str]) -> set[str]:
        rows = model.objects.filter(**{f"{column}__in": codes}).order_by()
        return set(rows.values_list(column, flat=True))

    return find


def _languages(codes: set[str]) -> set[str]:
    known = Locale("en").languages
    return {code for code in codes if tongue(code) in known}


def _tests(codes: set[str]) -> set[str]:
    rows = LanguageScale.objects.order_by().values_list("test", flat=True)
    known = {test.casefold() for test in rows.distinct()}
    return {code for code in codes if code.casefold() in known}


def _skills(codes: set[str]) -> set[str]:
    wanted = {code.rpartition("/")[2] for code in codes}
    rows = Skill.objects.filter(code__in=wanted).order_by()
    found = list(rows.values_list("framework", "code"))
    named = {f"{framework}/{code}" for framework, code in found}
    return codes & (named | {code for _framework, code in found})


FIND: dict[Of, Callable[[set[str]], set[str]]] = {
    Of.COUNTRY: _column(Country, "code"),
    Of.REGION: _column(Region, "kemendagri_code"),
    Of.INSTITUTION: _column(Institution, "code"),
    Of.PROGRAM: _column(Program, "code"),
    Of.LIST: _column(RegionList, "code"),
    Of.SKILL: _skills,
    Of.LANGUAGE: _languages,
    Of.TEST: _tests,
}
"""How the rows of each kind are found by their codes."""
