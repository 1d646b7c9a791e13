"""Linter, formatter and type checker agree with what is written."""

import sys

from tests.architecture.commands import run, said, tool


def test_ruff_finds_nothing():
    done = run(tool("ruff"), "check", "--no-cache", ".")
    assert done.returncode == 0, said(done)


def test_the_code_is_formatted():
    done = run(tool("ruff"), "format", "--no-cache", "--check", ".")
    assert done.returncode == 0, said(done)


def test_the_optimiser_is_typed(tmp_path):
    done = run(sys.executable, "-m", "mypy", "--cache-dir", tmp_path)
    assert done.returncode == 0, said(done)
