"""The command line, as the manual describes it: words, files and exit status."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from planner.optimiser import read_instance, write_instance
from planner.optimiser.cli import main
from tests.paths import ROOT


@pytest.fixture
def instance(instance_path):
    return str(instance_path("two-people-one-seat.json"))


@pytest.fixture
def solved(instance, tmp_path):
    """A result of two people and one seat, as JSON."""
    result = tmp_path / "result.json"
    assert main(["solve", instance, "--seconds", "20", "--output", str(result)]) == 0
    return result


def test_solve_writes_the_result_of_the_manual(instance, tmp_path, capsys):
    output = tmp_path / "result.json"
    assert main(["solve", instance, "--output", str(output)]) == 0
    result = json.loads(output.read_text())
    assert result["status"] == "optimal"
    assert result["termination"] == "proved"
    assert (result["objective"], result["bound"], result["gap"]) == (812, 812, 0.0)
    assert result["choice"] == {"ani": "ani>penang-atp"}
    assert result["tiers"] == [{"value": 812, "bound": 812, "gap": 0.0}]
    assert 640 <= result["prices"]["seat:penang-atp"] <= 812
    assert set(result["prices"]) == {
        "seat:penang-atp",
        "pool:airfare:2027",
        "line:lpdp-2027",
        "line:kemenperin-2027",
    }
    assert {"phases", "seconds", "seed", "limits", "versions", "digest"} <= set(result)
    assert capsys.readouterr().out.startswith("value 812, 1 of 2 placed")


def test_solve_prints_the_result_without_output(instance, capsys):
    assert main(["solve", instance]) == 0
    assert json.loads(capsys.readouterr().out)["objective"] == 812


def test_check_accepts_the_result(instance, solved, capsys):
    capsys.readouterr()
    assert main(["check", instance, str(solved)]) == 0
    assert (
        capsys.readouterr().out == "holds: value 812; proven to be the best possible\n"
    )


@pytest.mark.parametrize("suffix", ["json", "npz"])
def test_every_pair_of_formats_works(instance, tmp_path, suffix, capsys):
    arrays = tmp_path / "instance.npz"
    assert main(["convert", instance, "--from", "instance", str(arrays)]) == 0
    result = tmp_path / f"result.{suffix}"
    assert main(["solve", str(arrays), "--output", str(result)]) == 0
    assert main(["check", str(arrays), str(result)]) == 0
    assert main(["check", instance, str(result)]) == 0


def test_npz_result_holds_the_arrays_of_the_manual(instance, tmp_path):
    result = tmp_path / "result.npz"
    assert main(["solve", instance, "--output", str(result)]) == 0
    with np.load(result) as arrays:
        assert arrays["choice"].tolist() == [0, -1]
        assert arrays["choice"].dtype == np.int64
        assert arrays["price"].shape == arrays["supply_price"].shape == (2,)
        assert arrays["objective"] == 812
        assert str(arrays["status"]) == "optimal"


TIER_ROWS = ("tier_resource_price", "tier_supply_price", "tier_floor_price")


@pytest.mark.parametrize("name", TIER_ROWS)
@pytest.mark.parametrize("spoil", [lambda rows: rows[0], lambda rows: rows[1:]])
def test_prices_need_a_row_for_each_tier(instance_path, tmp_path, capsys, name, spoil):
    instance, result = str(instance_path("two-tiers.json")), tmp_path / "result.npz"
    assert main(["solve", instance, "--output", str(result)]) == 0
    with np.load(result) as stored:
        arrays = dict(stored)
    np.savez(result, **arrays | {name: spoil(arrays[name])})
    capsys.readouterr()
    assert main(["check", instance, str(result)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{name}: " in said


SPOILT = {
    "unknown agent": (["choice", "eko"], "x", "choice: there is no agent 'eko'"),
    "unknown option": (["choice", "ani"], "x", "choice: agent 'ani' has no option 'x'"),
    "both": (["choice", "budi"], "budi>penang-atp", "'seat:penang-atp': 2 used, upper"),
    "bound": (["bound"], 811, "bound: 811.0 stated, but 812.0 in the last tier"),
    "price": (
        ["prices", "seat:penang-atp"],
        0,
        "tier 1: bound 812.0 stated, the prices",
    ),
    "unknown price": (["prices", "x"], 0, "prices: there is no limit 'x'"),
    "negative price": (
        ["prices", "seat:penang-atp"],
        -1e308,
        "tier 1: bound 812.0 stated, the prices prove inf",
    ),
    "digest": (["digest"], "0", "digest: the result answers another problem"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_check_lists_what_does_not_hold(instance, solved, capsys, case):
    path, value, message = SPOILT[case]
    document = json.loads(solved.read_text())
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    solved.write_text(json.dumps(document))
    capsys.readouterr()
    assert main(["check", instance, str(solved)]) == 1
    assert any(
        line.startswith(message) for line in capsys.readouterr().out.splitlines()
    )


@pytest.mark.parametrize("name", ["seat:penang-atp", "line:lpdp-2027", "tier:1"])
def test_the_prices_of_a_result_are_those_of_its_last_tier(
    document, tmp_path, capsys, name
):
    """With several tiers they are stated twice, and may not differ."""
    for option in document["options"]:
        option["value"] = [option["value"], 3]
    instance, result, arrays = (
        str(tmp_path / name) for name in ("instance.json", "result.json", "result.npz")
    )
    Path(instance).write_text(json.dumps(document))
    for output in (result, arrays):
        assert main(["solve", instance, "--output", output]) == 0
        assert main(["check", instance, output]) == 0
    stated = json.loads(Path(result).read_text())
    stated["prices"][name] -= 1
    Path(result).write_text(json.dumps(stated))
    array = {"seat": "price", "line": "supply_price", "tier": "tier_price"}[name[:4]]
    with np.load(arrays) as archive:
        spoilt = dict(archive)
    spoilt[array] = spoilt[array] - 1
    np.savez(arrays, **spoilt)
    capsys.readouterr()
    for output, field in ((result, "prices"), (arrays, array)):
        assert main(["check", instance, output]) == 1
        said = capsys.readouterr().out.splitlines()
        assert f"{field}: those of the last tier are others" in said


UNREADABLE = {
    "format": ('{"format": "x"}', "format: 'x' is not 'allocation-result/1'"),
    "not JSON": ("{", "not JSON: "),
    "not an object": ("[]", "the document is not a JSON object"),
    "no status": ("{}", "tiers: missing"),
    "tiers": ('{"tiers": [1]}', "tiers[0]: not a JSON object"),
    "value": ('{"tiers": [{"value": "x"}]}', "tiers[0].value: 'x' is not an integer"),
    "prices": ('{"tiers": [{}], "prices": []}', "prices: not a JSON object"),
    "price": ('{"tiers": [{}], "prices": {"x": "y"}}', "prices['x']: 'y' is not a num"),
    "huge": ('{"tiers": [{"bound": 1%s}]}' % ("0" * 400), "tiers[0].bound: 1000"),
    "team split": ('{"choice": {"ani": "a", "ani": "b"}}', "the key 'ani' is there tw"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_result_that_cannot_be_read_is_bad_input(instance, tmp_path, capsys, case):
    content, message = UNREADABLE[case]
    result = tmp_path / "result.json"
    result.write_text(content)
    assert main(["check", instance, str(result)]) == 2
    assert f"{result}: {message}" in one_line(capsys)


def one_line(capsys):
    """Return what was said on standard error, which is one line and no traceback."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


BAD_ARGUMENTS = {
    "seconds": (["--seconds", "0"], "seconds: 0.0 is not above 0"),
    "no number": (["--seconds", "x"], "argument --seconds: invalid float value: 'x'"),
    "nan": (["--seconds", "nan"], "seconds: nan is not above 0"),
    "gap": (["--gap", "-1"], "gap: -1.0 is not 0 or more"),
    "workers": (["--workers", "0"], "workers: 0 is not 1 or more"),
    "seed": (["--seed", "-1"], "seed: -1 is not in 0 ... 2**31 - 1"),
    "flag": (["--fast"], "unrecognized arguments: --fast"),
    "folder": (["--output", "/nowhere/result.json"], "there is no such directory"),
    "is folder": (["--output", "/"], "/: is a directory"),
}


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_bad_arguments_are_named_in_one_line(instance, capsys, case):
    arguments, message = BAD_ARGUMENTS[case]
    assert exit_status(["solve", instance, *arguments]) == 2
    assert message in one_line(capsys)


def exit_status(arguments):
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code


def test_no_command_is_bad_input(capsys):
    assert exit_status([]) == 2
    assert "solve | check | convert" in one_line(capsys)


def test_bad_instance_writes_nothing(tmp_path, capsys):
    broken = tmp_path / "instance.json"
    broken.write_text("{}")
    output = tmp_path / "result.json"
    assert main(["solve", str(broken), "--output", str(output)]) == 2
    assert one_line(capsys).endswith(
        f"{broken}: format: None is not 'allocation-instance/1'\n"
    )
    assert not output.exists()


def test_ctrl_c_before_the_run_says_nothing(instance, capsys, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.optimiser.cli.read_instance", interrupted)
    assert main(["solve", instance]) == 130
    assert capsys.readouterr() == ("", "")


def test_infeasible_exits_with_3_and_names_the_limits(problem, tmp_path, capsys):
    """Both must go and there is one seat."""
    instance = tmp_path / "infeasible.json"
    write_instance(problem.replace(agent_must=[True, True]), instance)
    assert main(["solve", str(instance), "--seconds", "20"]) == 3
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["status"] == "infeasible"
    assert result["choice"] == {}
    assert "seat:penang-atp" in captured.err


@pytest.mark.parametrize("reader", ["instance", "course-bids", "preflib-spa"])
def test_convert_ignores_no_argument(instance, tmp_path, capsys, reader):
    target = tmp_path / "x.json"
    arguments = ["convert", instance, "--from", reader, str(target), "--number", "0"]
    assert main(arguments) == 2
    assert f"--number means nothing for {reader}" in one_line(capsys)
    assert not target.exists()


def test_convert_refuses_options_of_other_formats(tmp_path, capsys):
    file = tmp_path / "x"
    file.write_text("1 1 5 1 1")
    arguments = ["convert", str(file), "--from", "gap", str(tmp_path / "x.json")]
    assert main([*arguments, "--objective", "greedy"]) == 2
    assert "--objective means nothing for gap" in one_line(capsys)
    assert main(arguments) == 0
    assert read_instance(tmp_path / "x.json").option_value.tolist() == [-5]


def test_the_module_runs_as_a_program(instance, tmp_path):
    """Once through the front door: a process of its own, without Django."""
    command = [sys.executable, "-m", "planner.optimiser", "check", instance, instance]
    ended = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == (
        f"python -m planner.optimiser check: {instance}: "
        "format: 'allocation-instance/1' is not 'allocation-result/1'\n"
    )


def program(arguments, **how):
    command = [sys.executable, "-m", "planner.optimiser", *arguments]
    return subprocess.run(
        command, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False, **how
    )


def test_a_full_disk_is_bad_output_and_no_traceback(instance):
    """`/dev/full` is written to as it is: a device is not replaced by a file."""
    with open("/dev/full", "w") as full:
        ended = program(["convert", instance, "--from", "instance", "/dev/full"])
        printed = program(["solve", instance], stdout=full)
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)
    assert (ended.returncode, printed.returncode) == (2, 2)
    assert ended.stderr.endswith("/dev/full: No space left on device\n")
    assert printed.stderr.endswith("solve: standard output: No space left on device\n")
    assert ended.stderr.count("\n") == printed.stderr.count("\n") == 1


def test_a_result_is_utf_8_whatever_the_terminal_speaks(document, tmp_path):
    text = json.dumps(document).replace('"ani"', '"Äni"')
    (tmp_path / "x.json").write_text(text)
    ended = program(
        ["solve", str(tmp_path / "x.json")],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert ended.stderr == ""
    assert json.loads(ended.stdout)["choice"] == {"Äni": "ani>penang-atp"}


def test_importing_the_package_imports_no_solver_and_no_framework():
    """Web processes read results; they never pay for what only a run needs."""
    names = ("django", "celery", "rest_framework", "ortools", "scipy", "numba")
    program = (
        "import sys, planner.optimiser, planner.optimiser.cli;"
        "from planner.optimiser import check, explain, solve;"
        f"print([name for name in {names} if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert ended.stdout == "[]\n"
