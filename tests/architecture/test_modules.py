"""Whoever changes a module finds its tests, and they notice."""

import json
import sys

import pytest

from tests.architecture import mapping, mutants
from tests.architecture.commands import ROOT, run, said
from tests.architecture.modules import holders_of, mapped, mirror, modules


def test_every_module_has_a_test_file_of_its_name_or_in_the_map():
    assert [module for module in modules() if not holders_of(module)] == []


def test_the_map_names_what_there_is_and_nothing_twice():
    known = set(modules())
    for module, files in mapped().items():
        assert module in known, f"modules.toml: {module} has no function, or is gone"
        assert files, module
        assert len({*files, mirror(module)}) == len(files) + 1, module
        assert [name for name in files if not (ROOT / name).exists()] == [], module


def test_a_module_without_tests_is_told():
    assert holders_of("planner/optimiser/nothing.py") == []


def test_a_broken_function_is_noticed_and_a_whole_one_is_not():
    module = "planner/optimiser/model/limits.py"
    assert mutants.is_noticed(module, "Limits.__post_init__")
    assert not mutants.is_noticed(module, None)


def test_a_run_that_says_nothing_about_tests_is_no_notice():
    with pytest.raises(RuntimeError, match="no_such_function"):
        mutants.is_noticed("planner/optimiser/model/limits.py", "no_such_function")


def test_what_a_test_file_calls_is_written_down(tmp_path):
    noted = tmp_path / "seen"
    file = "tests/planner/optimiser/model/test_limits.py"
    plugin = ("-p", "tests.architecture.seen", "-p", "no:cacheprovider")
    done = run(sys.executable, "-m", "pytest", "-q", *plugin, file, SEEN=str(noted))
    assert done.returncode == 0, said(done)
    [(told, called)] = map(json.loads, noted.read_text().splitlines())
    assert told == file
    assert called["planner/optimiser/model/limits.py"]
    assert "planner/optimiser/solve.py" not in called


def test_of_the_files_that_call_a_function_the_one_about_little_else_is_chosen():
    callers = {
        "everything": ({"a", "b", "c"}, 300),
        "close": ({"a", "b"}, 4),
        "aside": ({"c"}, 2),
    }
    assert mapping.choose({"a", "b"}, callers) == (["close"], set())
    assert mapping.choose({"a", "c", "d"}, callers) == (["aside", "close"], {"d"})
