"""A page's and a resource's files stand where their names say."""

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
