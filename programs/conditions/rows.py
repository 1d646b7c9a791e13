"""Whether the rows that conditions name exist: programs, lists, skills, tests."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from babel import Locale

from programs.models import (
    Country,
    FactDefinition,
    Institution,
    LanguageScale,
    Program,
    Region,
    RegionList,
    Skill,
)

from . import naming, stated
from .grammar import Parsed
from .known import tongue
from .terms import Reference
from .tree import Leaf, Node, leaves
from .vocabulary import FACTS, Of, kind_of


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


def definitions(nodes: Iterable[Node]) -> dict[str, dict[str, Any]]:
    """Return what the ministry has defined, of the facts that conditions ask for."""
    asked = (leaf for node in nodes for leaf in leaves(node) if leaf.fact == "fact")
    codes = {code for leaf in asked for _name, code in leaf.about}
    return stated.definitions(codes) if codes else {}


def of_other_kind(node: Node, known: dict[str, dict[str, Any]]) -> Leaf | None:
    """Return a comparison that takes a defined fact for what it is not."""
    for leaf in leaves(node):
        if leaf.fact == "fact":
            definition = known.get(leaf.about[0][1])
            if definition and definition["kind"] != stated.KINDS[kind_of(leaf)]:
                return leaf
    return None


def private(node: Node, known: dict[str, dict[str, Any]]) -> list[Leaf]:
    """Return the comparisons that ask for what is confidential."""
    return [
        leaf
        for leaf in leaves(node)
        if FACTS[leaf.fact].is_private
        or known.get(dict(leaf.about).get("fact", ""), {}).get("is_sensitive")
    ]


def names(
    nodes: Iterable[Node], known: dict[str, dict[str, Any]]
) -> dict[str, dict[str, str]]:
    """Return what is called how that conditions ask for, in both languages.

    Parameters
    ----------
    known: the defined facts among it, from ``definitions``.
    """
    facts = {code: definition["names"] for code, definition in known.items()}
    asked = naming.wanted(leaf for node in nodes for leaf in leaves(node))
    return facts | naming.of_codes(asked)


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
    Of.FACT: _column(FactDefinition, "code"),
}
"""How the rows of each kind are found by their codes."""
