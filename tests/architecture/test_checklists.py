"""The checklists of CONTRIBUTING name files and words of the tree as it is."""

import re

import pytest

from tests.paths import ROOT

from .test_repository import TRACKED

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
LISTS = PAGE[PAGE.index("## Checklists") : PAGE.index("## House style")]
STEPS = [line for line in LISTS.splitlines() if re.match(r"\d+\. ", line)]
ENDS = r"\.(?:py|md|toml|html)"
PLACEHOLDER = re.compile(r"\b(?:NAME|KIND|RESOURCE|NOUN|QUESTION)\b|test_[A-Z]+")


def quoted(step):
    """Return what a step says in its typewriter letters."""
    return re.findall(r"`([^`]+)`", step)


def files_of(name):
    """Return the tracked files that a name means; a placeholder means any."""
    any_of = re.sub(r"NAME|KIND|RESOURCE|NOUN|QUESTION", "*", name)
    pattern = re.escape(any_of).replace(r"\*", "[a-z_]+")
    whole = re.compile(rf"(?:.*/)?{pattern}" + (".*" if name.endswith("/") else ""))
    return [file for file in TRACKED if whole.fullmatch(file)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[:60])
def test_a_step_names_files_that_exist(step):
    named = [name for name in quoted(step) if re.search(rf"{ENDS}$|/$", name)]
    assert [name for name in named if not files_of(name)] == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[:60])
def test_a_step_names_what_stands_in_its_files(step):
    """Constants and private functions: whoever renames one mends the list."""
    words = [
        name for name in quoted(step) if re.fullmatch(r"_?[A-Z][A-Z_]+|_[a-z_]+", name)
    ]
    files = {
        file
        for name in quoted(step)
        if re.search(ENDS, name)
        for file in files_of(name)
    }
    folders = {
        file for name in quoted(step) if name.endswith("/") for file in files_of(name)
    }
    text = "\n".join((ROOT / file).read_text() for file in files | folders)
    assert [word for word in words if not re.search(rf"\b{word}\b", text)] == []
