"""A page's and a resource's files stand where their names say."""

import ast
from pathlib import Path

from tests.architecture.commands import ROOT

DESK = ROOT / "planner" / "desk"
TEMPLATES = DESK / "templates" / "desk"
SHARED = {"parts", "charts", "tables"}
"""Folders of templates that belong to no one question."""
FRAME = {"site", "parts", "charts", "formats", "templatetags", "templates", "static"}
"""Folders of the desk that are no question."""


def folders(path):
    return {
        at.name for at in path.iterdir() if at.is_dir() and at.name != "__pycache__"
    }


def stems(path):
    return {at.stem for at in path.glob("[a-z]*.py")}


def untyped(path):
    """Return the functions of a file that lack the type of what they take or give."""
    return [
        f"{path.relative_to(ROOT)}:{at.lineno} {at.name}"
        for at in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef)
        and not (at.returns and all(arg.annotation for arg in taken(at.args)))
    ]


def taken(args):
    every = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    return [arg for arg in every if arg and arg.arg not in {"self", "cls"}]


def test_every_function_of_an_allocation_has_types():
    rooms = [ROOT / "planner" / "allocation", ROOT / "planner" / "jobs"]
    files = [path for room in rooms for path in room.rglob("*.py")]
    assert files
    assert [told for path in files for told in untyped(path)] == []


def test_each_question_has_its_folder_of_templates():
    assert folders(TEMPLATES) - SHARED == folders(DESK) - FRAME


def test_each_question_has_tests_of_its_own():
    tests = folders(Path(__file__).parent.parent / "planner" / "desk")
    assert folders(DESK) - FRAME - tests == set()


def test_each_resource_has_one_name_in_every_folder_of_the_api():
    api, tests = ROOT / "api", ROOT / "tests" / "api"
    views = stems(api / "views") - {"base"}
    assert views <= stems(api / "serializers")
    assert stems(api / "filters") <= views
    tested = {at.stem.removeprefix("test_") for at in tests.glob("test_*.py")}
    assert views - tested == set()
