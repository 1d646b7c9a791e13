"""What is not on a closed list is an error where it is used, never a default branch."""

import ast

import pytest

from planner.allocation.problem.constraints.quotas import sides
from planner.models import what_if_words
from programs.choices import QuotaKind
from programs.conditions import words
from programs.conditions.tree import Leaf
from programs.conditions.vocabulary import FACTS, SCOPE, Kind
from programs.domain import audit, events, facts, notices, shared_resources
from programs.models import Quota
from tests.paths import ROOT

HOUSES = "planner", "programs", "api"


def test_no_match_takes_whatever_is_left():
    """Whoever adds a word to a list finds the places that have to say something."""
    wild = [
        f"{path.relative_to(ROOT)}:{case.pattern.lineno}"
        for house in HOUSES
        for path in sorted((ROOT / house).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Match)
        for case in node.cases
        if ast.unparse(case.pattern) == "_"
    ]
    assert not wild


NEW = "not on any list"
SILENT = {
    "an event kind": lambda: events.emit_many(kind=NEW, entries=[], now=None),
    "an action of the trail": lambda: audit.record_many(
        by=None, action=NEW, entries=[], now=None
    ),
    "a state of an application": lambda: notices.EVENTS["application"][NEW],
    "a kind of quota, in a plan": lambda: sides(NEW),
    "a kind of quota, in words": lambda: Quota(kind=NEW, value=1).bounds(10),
    "a kind of resource": lambda: shared_resources.most_used(NEW, [], {}),
    "a kind of fact": lambda: facts.usual(NEW, "yes"),
    "a fact of a condition": lambda: words._truth(Leaf(fact=NEW), {}, is_denied=False),
    "what stays are narrowed to": lambda: words._narrowed(NEW, "1 years", {}),
    "a verdict of what if": lambda: list(
        what_if_words.verdict({"verdict": {"kind": NEW}})
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_an_unknown_word_is_an_error_where_it_is_used(name):
    with pytest.raises((ValueError, KeyError, AssertionError)):
        SILENT[name]()


def test_the_words_that_are_on_the_lists_are_known():
    assert {kind: sides(kind) for kind in QuotaKind} == {
        QuotaKind.FLOOR: (True, False),
        QuotaKind.CAP: (False, True),
        QuotaKind.TARGET: (True, True),
    }
    about = {
        name: (("fact", "x"), ("list", "x")) if fact.asks and fact.needed else ()
        for name, fact in FACTS.items()
        if fact.kind is Kind.TRUTH
    }
    for name, asked in about.items():
        assert words._truth(Leaf(fact=name, about=asked), {}, is_denied=True)
    assert all(words._narrowed(name, value, {}) for name, value in SCOPED.items())
    assert SCOPED.keys() == SCOPE.keys()


SCOPED = {
    "program": "titp-2",
    "kind": "training",
    "in": "JP",
    "host": "host-1",
    "within": "2 years",
}
