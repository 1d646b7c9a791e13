"""The repository itself keeps its promises to newcomers."""

import ast
import re
import tomllib

import pytest

from planner.dotenv import SECRETS
from tests.architecture.commands import ROOT, run

TRACKED = run("git", "ls-files").stdout.splitlines()
TEXT = [
    ROOT / name
    for name in TRACKED
    if name.endswith((".py", ".md", ".toml", ".yaml", ".html", ".txt", "Makefile"))
    and (ROOT / name).is_file()
]
PAGES = [path for path in TEXT if path.suffix == ".md"]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_the_top_level_is_what_a_newcomer_expects():
    top = {name.split("/")[0] for name in TRACKED}
    assert top == {
        *("planner", "programs", "api", "fixtures", "tests", "docs", "locale"),
        "clients",
        *(
            "manage.py",
            "Makefile",
            "pyproject.toml",
            "compose.yaml",
            ".ci",
        ),
        *("requirements.txt", "requirements-dev.txt"),
        *("README.md", "README.id.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
        *(".gitignore", ".editorconfig", ".dockerignore"),
    }


def test_nothing_generated_or_secret_is_tracked():
    wrong = re.compile(r"(^|/)\.env$|\.sqlite3|\.mo$|__pycache__|^var/|^\.venv/")
    assert [name for name in TRACKED if wrong.search(name)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(path):
    targets = LINK.findall(path.read_text())
    assert [name for name in targets if not (path.parent / name).exists()] == []


def locked(name):
    """Return {package: block} of a requirements file."""
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text())
    return {re.split(r"[=\[ ]", block)[0]: block for block in blocks}


LOCKS = ["requirements.txt", "requirements-dev.txt", "clients/requirements.txt"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_locked_by_hash_and_names_no_address(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert [
        p for p, block in locked(name).items() if "--hash=sha256:" not in block
    ] == []


def declared():
    """Return the normalised names of the packages pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    return [
        {re.match(r"[\w-]+", line)[0].lower() for line in lines} for lines in groups
    ]


def test_the_lock_follows_its_inputs():
    runtime, development = declared()
    assert runtime <= set(locked("requirements.txt"))
    assert runtime | development <= set(locked("requirements-dev.txt"))


def test_the_lock_of_the_clients_tools_follows_its_inputs():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    asked = {re.match(r"[\w-]+", line)[0].lower() for line in groups["clients"]}
    assert asked <= set(locked("clients/requirements.txt"))
    lock = (ROOT / "clients" / "package-lock.json").read_text()
    assert '"resolved"' not in lock, "the lock names a registry"


def test_both_locks_agree():
    ours, theirs = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: theirs.get(name) for name in ours} == ours


def test_every_variable_is_in_the_settings_page():
    source = (ROOT / "planner" / "settings.py").read_text()
    names = {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "read"
    }
    page = (ROOT / "docs" / "operations" / "settings.md").read_text()
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) - {"ENV_FILE"}
    assert names | set(SECRETS) == told


def test_every_command_says_what_it_does():
    commands = sorted(ROOT.glob("*/management/commands/[a-z]*.py"))
    assert commands
    silent = [path.name for path in commands if "help = " not in path.read_text()]
    assert silent == []


def test_no_file_is_longer_than_a_reader_can_bear():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in TEXT
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > 500
    }
    assert long == {}
