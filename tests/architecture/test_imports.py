"""Imports run one way, and slow or foreign packages stay where they belong."""

import ast
import sys

import pytest

from tests.architecture.commands import ROOT, python, run, said, tool

LOADED = """
import sys
{load}
foreign = [name for name in {foreign} if name in sys.modules]
print(*foreign)
"""


def test_the_layers_hold():
    done = run(tool("lint-imports"), "--no-cache")
    assert done.returncode == 0, said(done)


def loaded(load, *foreign):
    """Return which of the foreign packages the statement pulls in."""
    done = python(LOADED.format(load=load, foreign=foreign))
    assert done.returncode == 0, said(done)
    return done.stdout.split()


def test_the_optimiser_is_pure():
    load = "import planner.optimiser"
    assert loaded(load, "django", "celery", "rest_framework", "kombu") == []


def test_the_optimiser_opens_without_paying_for_a_solver():
    assert loaded("import planner.optimiser", "ortools", "numba", "pandas") == []


@pytest.mark.parametrize("part", ["planner.urls", "api.urls", "planner.celery"])
def test_a_web_process_never_loads_a_solver(part):
    load = f"""
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
import {part}
"""
    assert loaded(load, "ortools", "numba", "pandas") == []


def test_the_package_of_the_project_is_empty():
    assert loaded("import planner", "django", "celery", "planner.celery") == []


def test_the_certificate_knows_the_model_and_numpy_and_nothing_else():
    """Whoever checks a plan need not read how it was found, nor trust who found it."""
    own = ("planner.optimiser.model", "planner.optimiser.certificate")
    foreign = {
        f"{path.name}: {name}"
        for path in (ROOT / "planner/optimiser/certificate").rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] not in {*sys.stdlib_module_names, "numpy"}
        and not name.startswith(own)
    }
    assert foreign == set()


def imported(path):
    """Yield the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module if node.level == 0 else f"relative.{node.module}"
