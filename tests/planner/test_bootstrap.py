"""The first command: what it says where something is missing, and what it leaves."""

import subprocess
import sys

import pytest

from planner import bootstrap
from tests.paths import ROOT


@pytest.fixture
def home(tmp_path):
    return str(tmp_path / ".venv")


def test_a_python_without_venv_is_told_what_to_install(monkeypatch, home, capsys):
    """Debian and Ubuntu split venv from Python: that one command is named."""
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_args, **_kw: 1)
    assert bootstrap.main(home) == 1
    told = capsys.readouterr().err
    major, minor = sys.version_info[:2]
    assert f"sudo apt install python{major}.{minor}-venv" in told
    assert "run the same command again" in told


@pytest.mark.parametrize("found", [(3, 10), (3, 14)])
def test_a_python_without_libraries_is_named_with_those_that_have_them(
    monkeypatch, found
):
    monkeypatch.setattr(bootstrap.sys, "version_info", found)
    assert "the libraries are there for 3.11 to 3.13" in bootstrap.version()


def test_windows_is_told_of_its_linux(monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "platform", "win32")
    assert "wsl --install" in bootstrap.system()


def test_what_it_takes_is_promised_before_it_is_spent(monkeypatch, home, capsys):
    monkeypatch.setattr(bootstrap, "make", lambda _home: 0)
    assert bootstrap.main(home) == 0
    told = capsys.readouterr().out
    free = f"{bootstrap.free_megabytes(home)} MB"
    for figure in ("two minutes", "850 MB", free, "520 MB of memory", "worker 800 MB"):
        assert figure in " ".join(told.split())


@pytest.mark.parametrize(("free", "told"), [(300, True), (3000, False), (None, False)])
def test_little_memory_is_told_too(monkeypatch, home, free, told):
    monkeypatch.setattr(bootstrap, "free_memory", lambda: free)
    assert ("Only 300 MB of memory are free" in bootstrap.promise(home)) == told


def test_a_full_disk_is_told_before_anything_is_written(monkeypatch, home, capsys):
    monkeypatch.setattr(bootstrap, "free_megabytes", lambda _home: 450)
    assert bootstrap.main(home) == 1
    assert "450 MB are free" in capsys.readouterr().err


def test_ctrl_c_leaves_nothing(monkeypatch, tmp_path, home, capsys):
    def interrupted(folder):
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "make", interrupted)
    assert bootstrap.main(home) == 130
    assert not (tmp_path / ".venv").exists()
    assert capsys.readouterr().err.strip() == "Stopped; nothing is left behind."


@pytest.mark.slow
def test_a_half_made_environment_is_made_anew(tmp_path, home):
    """What ``venv`` leaves where pip could not be put in: a Python and no pip."""
    half = [sys.executable, "-m", "venv", "--without-pip", home]
    subprocess.run(half, check=True)
    made = [sys.executable, str(ROOT / "planner" / "bootstrap.py"), home]
    subprocess.run(made, check=True, cwd=tmp_path, capture_output=True)
    python = str(tmp_path / ".venv" / "bin" / "python")
    subprocess.run([python, "-c", "import pip"], check=True)
    again = subprocess.run(made, check=True, cwd=tmp_path, capture_output=True)
    assert again.stdout == b""
