"""Whoever changes a module finds its tests, and they notice."""

from tests.architecture import mutants
from tests.architecture.modules import holders_of


def test_a_module_is_held_by_the_file_of_its_name_or_by_those_that_import_it():
    own = "tests/planner/optimiser/test_solve.py"
    assert holders_of("planner/optimiser/solve.py") == [own]
    importers = holders_of("planner/optimiser/model/result.py")
    assert importers
    assert all("tests/" in name for name in importers)


def test_a_broken_function_is_noticed_and_a_whole_one_is_not():
    module = "planner/optimiser/model/limits.py"
    assert mutants.is_noticed(module, "Limits.__post_init__")
    assert not mutants.is_noticed(module, None)
