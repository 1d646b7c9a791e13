"""Files are read, judged and handed to the domain; nothing below writes by itself."""

import ast

import pytest

from tests.paths import ROOT

TRANSFER = ROOT / "programs" / "transfer"
KEEP_FILES = [TRANSFER / name for name in ("batches.py", "writing.py", "undoing.py")]
"""They keep what people bring: in tables of their own, and no other."""
WRITES = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create",
    "bulk_update", "delete", "_raw_delete", "record", "record_many", "emit",
    "emit_many", "bulk_create_with_history", "bulk_update_with_history",
}  # fmt: skip
"""What changes rows or tells of a change, under any name it is called by."""
ROWS = {"objects", "_base_manager", "_default_manager", "filter", "exclude", "all"}
"""What an ``update`` is called on when it is one of rows, and not of a dictionary."""


def writes_in(source):
    """Return the lines of a module that write rows by themselves."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and _writes(node.func)
    ]


def _writes(func):
    if isinstance(func, ast.Name):
        return func.id in WRITES
    if not isinstance(func, ast.Attribute):
        return False
    if func.attr == "update":
        return any(_name(node) in ROWS for node in ast.walk(func.value))
    return func.attr in WRITES


def _name(node):
    return getattr(node, "attr", None)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TRANSFER.rglob("*.py")) if path not in KEEP_FILES],
    ids=lambda path: path.relative_to(TRANSFER).as_posix(),
)
def test_a_module_of_files_writes_no_row(path):
    # What was taken away is told; a workbook is saved.
    allowed = {"exports.py": 1, "tables.py": 1}
    assert len(writes_in(path.read_text())) <= allowed.get(path.name, 0)


def test_who_keeps_files_knows_only_the_tables_of_files():
    known = {
        alias.name
        for path in KEEP_FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "programs.models"
        for alias in node.names
    }
    assert known == {"ImportBatch", "ImportRow", "ImportWrite"}


@pytest.mark.parametrize(
    "line",
    [
        "slot.save()",
        "Slot.objects.create(code='x')",
        "Slot.objects.filter(pk=1).update(state='open')",
        "people.update(code='x') if people.all().update(a=1) else None",
        "bulk_create_with_history(rows, Slot)",
        "audit.record(by=by)",
    ],
)
def test_a_way_around_is_noticed(line):
    assert writes_in(line) == [1]


def test_a_dictionary_may_be_updated():
    assert writes_in("found.update(values)") == []
