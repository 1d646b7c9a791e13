"""What the rows that conditions name are called, in both languages."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from programs.models import Institution, Program, Region, RegionList, Skill

from .tree import Leaf
from .vocabulary import FACTS, SCOPE, THIS, Of

Titles = dict[str, str]
"""A name by language: en, id."""
Wanted = dict[Of, set[str]]
Rows = Iterable[tuple[str, Titles]]


def key(of: Of, code: str) -> str:
    """Return under what the name of a row is kept; facts are kept by their code."""
    return f"{of}:{code}"


def wanted(leaves: Iterable[Leaf]) -> Wanted:
    """Return the codes of rows that have names of comparisons, by what they are."""
    found: Wanted = defaultdict(set)
    for leaf in leaves:
        fact = FACTS[leaf.fact]
        asked = dict(fact.asks) | (SCOPE if fact.has_scope else {})
        named = [(asked[name], code) for name, code in leaf.about if code != THIS]
        if fact.of:
            named += [(fact.of, code) for code in leaf.values]
        for of, code in named:
            if of in FIND:
                found[of].add(code)
    return found


def of_codes(codes: Wanted) -> dict[str, Titles]:
    """Return the names of rows by ``key``, asking once for each kind of row."""
    return {
        key(of, code): titles
        for of, some in codes.items()
        if some
        for code, titles in FIND[of](some)
        if code in some
    }


def _regions(codes: set[str]) -> Rows:
    rows = Region.objects.filter(kemendagri_code__in=codes).order_by()
    for code, name in rows.values_list("kemendagri_code", "name"):
        yield code, {"en": name, "id": name}


def _institutions(codes: set[str]) -> Rows:
    rows = Institution.objects.filter(code__in=codes).order_by()
    for code, name in rows.values_list("code", "name"):
        yield code, {"en": name, "id": name}


def _programs(codes: set[str]) -> Rows:
    rows = Program.objects.filter(code__in=codes).order_by()
    for code, english, local in rows.values_list("code", "title_en", "title_id"):
        yield code, {"en": english, "id": local}


def _lists(codes: set[str]) -> Rows:
    """Of several versions of a list the latest says what it is called."""
    rows = RegionList.objects.filter(code__in=codes).order_by("valid_from")
    for code, english, local in rows.values_list("code", "name_en", "name_id"):
        yield code, {"en": english, "id": local}


def _skills(codes: set[str]) -> Rows:
    plain = {code.rpartition("/")[2] for code in codes}
    rows = Skill.objects.filter(code__in=plain).order_by("framework")
    fields = ("framework", "code", "name_en", "name_id")
    for framework, code, english, local in rows.values_list(*fields):
        for written in (code, f"{framework}/{code}"):
            yield written, {"en": english, "id": local}


FIND: dict[Of, Callable[[set[str]], Rows]] = {
    Of.REGION: _regions,
    Of.INSTITUTION: _institutions,
    Of.PROGRAM: _programs,
    Of.LIST: _lists,
    Of.SKILL: _skills,
}
"""How the names of each kind of row are found by their codes."""
