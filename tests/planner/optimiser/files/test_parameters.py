"""Parameters as TOML: one line where one is wrong, and the page that lists them all."""

import re
from dataclasses import replace

import pytest

from planner.optimiser import (
    FileError,
    Limits,
    SearchParameters,
    read_parameters,
    solve,
)
from planner.optimiser.cli import main
from planner.optimiser.files.parameters import parameters_text, recorded_parameters
from planner.optimiser.files.result_writer import write_result
from planner.optimiser.model.parameters import DEFAULTS
from tests.paths import ROOT

PAGE = ROOT / "docs" / "optimiser" / "parameters.md"


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "tuned.toml"
        path.write_text(text)
        return path

    return write


def test_the_printed_file_is_read_as_the_defaults(toml):
    assert read_parameters(toml(parameters_text())) == DEFAULTS


def test_a_file_changes_what_it_names_and_nothing_else(toml):
    path = toml("[pipeline]\nsweeps = 300\n[lexicographic]\nweight_parts = [1, 0.5]\n")
    expected = {
        "pipeline": {"sweeps": 300},
        "lexicographic": {"weight_parts": [1.0, 0.5]},
    }
    assert read_parameters(path) == SearchParameters.of(expected)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[pipeline]\nsweeps = 0\n", "pipeline.sweeps = 0: not 1 or more"),
        ("[pipeline]\nsweeps = 2026-11-28\n", "pipeline.sweeps = "),
        ("sweeps = 3\n", "sweeps = 3: there is no such parameter"),
        ("[pipeline\n", "not TOML: "),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(toml, text, why, capsys, instance_path):
    path = toml(text)
    with pytest.raises(FileError) as refusal:
        read_parameters(path)
    assert str(refusal.value).startswith(f"{path}: {why}")
    instance = str(instance_path("two-people-one-seat.json"))
    assert main(["solve", instance, "--parameters", str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert why in printed.err


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileError):
        read_parameters(tmp_path / "none.toml")


def test_the_command_line_solves_with_a_file_and_writes_it_down(
    toml, tmp_path, instance_path, problem
):
    path, result = toml("[pipeline]\ntiny_options = 7\n"), tmp_path / "result.json"
    instance = str(instance_path("two-people-one-seat.json"))
    command = ["solve", instance, "--parameters", str(path), "--output", str(result)]
    assert main(command) == 0
    assert '"tiny_options": 7' in result.read_text()
    assert main(["check", instance, str(result)]) == 0


@pytest.mark.parametrize("name", ["result.json", "result.npz"])
def test_a_result_hands_back_what_it_was_found_with(tmp_path, problem, name):
    tuned = SearchParameters.of({"repair": {"moves": 7}})
    result = solve(problem, limits=Limits(seconds=20), parameters=tuned)
    write_result(problem, result, tmp_path / name)
    assert recorded_parameters(tmp_path / name) == tuned


@pytest.mark.parametrize("name", ["result.json", "result.npz"])
def test_what_another_release_recorded_is_taken_as_far_as_it_is_known(
    tmp_path, problem, name
):
    """A method that is no more, a key that is no more, a value out of range now."""
    result = solve(problem, limits=Limits(seconds=20))
    others = {
        "simplex": {"rounds": 3},
        "repair": {"moves": 7, "jumps": 2, "attempts": -1},
    }
    write_result(problem, replace(result, parameters=others), tmp_path / name)
    expected = SearchParameters.of({"repair": {"moves": 7}})
    assert recorded_parameters(tmp_path / name) == expected
    write_result(problem, replace(result, parameters={}), tmp_path / name)
    assert recorded_parameters(tmp_path / name) == DEFAULTS


def test_the_command_line_prints_them_all(capsys):
    assert main(["parameters"]) == 0
    assert capsys.readouterr().out == parameters_text()


def test_the_page_lists_every_parameter_with_its_default():
    """Print it anew with `python -m planner.optimiser parameters`."""
    (listed,) = re.findall(r"```toml all\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert listed == parameters_text()
