"""Whoever writes is tried again where the database says that others were quicker."""

import ast

import pytest

from tests.paths import ROOT

ROOMS = [
    *sorted((ROOT / "programs" / "domain").glob("*.py")),
    *sorted((ROOT / "planner" / "allocation" / "decisions").glob("*.py")),
    *sorted((ROOT / "planner" / "allocation" / "vacancies").glob("*.py")),
    *sorted((ROOT / "api" / "hooks").glob("*.py")),
    ROOT / "programs" / "transfer" / "batches.py",
    ROOT / "planner" / "imports" / "request.py",
    ROOT / "planner" / "ticks.py",
    ROOT / "api" / "keys.py",
]
"""Where verbs are: what people and dispatchers call to write."""
PARTS = {
    "promised.py": {"kept_out"},
    "bulk.py": {"create", "write"},
    "checks.py": {"save"},
    "states.py": {"move"},
    "transactions.py": {"atomic", "at_the_end", "tried"},
    "transitions.py": {"move", "supersede_all"},
    "publish.py": {"decide"},
    "request.py": {"create"},
    "suggestions.py": {"write", "settle"},
}
"""Functions that write as a part of a verb, which is tried again as a whole.

So are those for many (``*_many``): their callers make the rows anew.
"""


def opens_a_transaction(function):
    """Return whether a function opens one by itself."""
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".atomic")
        for node in ast.walk(function)
    )


def is_verb(function):
    """Return whether a function is tried again."""
    names = {ast.unparse(each) for each in function.decorator_list}
    return "transactions.verb" in names


def once(source, parts=frozenset()):
    """Return the names of functions of a module that write and are tried only once."""
    return [
        function.name
        for function in ast.parse(source).body
        if isinstance(function, ast.FunctionDef)
        and opens_a_transaction(function)
        and not is_verb(function)
        and not function.name.startswith("_")
        and not function.name.endswith("_many")
        and function.name not in parts
    ]


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.stem)
def test_who_writes_is_tried_again(path):
    assert once(path.read_text(), PARTS.get(path.name, set())) == []


def test_a_write_that_is_tried_once_is_noticed():
    source = "def close():\n    with transactions.atomic():\n        pass\n"
    assert once(source) == ["close"]
    assert once("@transactions.verb\n" + source) == []
