"""Read a workbook in a child process that may run out of memory without harm.

The parent looks at the zip directory only; everything that parses happens in
``workbook_child.py``, started by its path so that it imports nothing of ours.
"""

import io
import json
import select
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

from .cells import FORMULA, Number
from .messages import broken
from .rows import no_step
from .sheets import Grid

CHILD = Path(__file__).with_name("workbook_child.py")
REFUSED = 3
"""Exit status of the child when it has a sentence to say."""


OTHER_FORMATS = {
    "application/vnd.oasis.opendocument.spreadsheet": "opendocument",
    "xl/workbook.bin": "binary-excel",
    "word/document.xml": "word",
}
"""Archives that people take for a workbook: what gives them away, what is said."""


def read_grid(content, *, limits, step=no_step):
    """Return the cells of the only visible sheet with data.

    Rows are read while the child prints them, so neither process holds the sheet. Who
    closes them early ends the child.

    Parameters
    ----------
    step: called once a second until the first row is there.
    """
    check_archive(content, limits)
    lines = _lines(content, limits, step)
    facts = next(lines, {})
    return Grid(
        lines,
        hidden=frozenset(facts.get("hidden", ())),
        merged=tuple(facts.get("merged", ())),
        hidden_sheets=tuple(facts.get("hidden_sheets", ())),
        size=facts.get("size", 0),
    )


def _lines(content, limits, step):
    """Yield what the child said of the sheet, then (row number, cells)."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        with _child(file.name, limits) as child:
            _await(child, step)
            last = {}
            for line in child.stdout:
                if not line.endswith(b"\n"):  # ended in the middle of saying it
                    break
                last = json.loads(line)
                if isinstance(last, list):
                    number, cells = last
                    yield number, [_cell(cell) for cell in cells]
                elif "code" not in last:
                    yield last
            _settle(child.wait(), last)


@contextmanager
def _child(path, limits):
    """Start the child; end it with the block, wherever it is."""
    command = [sys.executable, "-I", str(CHILD), path, json.dumps(vars(limits))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def _await(child, step):
    """Wait for the first line; a big workbook takes a while to open."""
    while not select.select([child.stdout], [], [], 1)[0]:
        step("opening", 0, 0)


def _settle(status, last):
    """Raise what ended the child, where it did not come to the end of the sheet."""
    if status == REFUSED:
        raise broken(last.pop("code"), **last)
    if status != 0:
        raise broken("workbook-too-heavy")


def _cell(cell):
    """Text as it is, numbers and formulas as one-entry objects."""
    if isinstance(cell, str):
        return cell
    return Number(cell["n"]) if "n" in cell else FORMULA


def check_archive(content, limits):
    """Refuse archives that would unpack to too much, by their directory alone."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise broken("workbook-broken") from error
    names = {entry.filename for entry in entries}
    for mark, code in OTHER_FORMATS.items():
        if mark in names or mark.encode() in content[:200]:
            raise broken(code)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise broken("workbook-macros")
    if "xl/workbook.xml" not in names:
        raise broken("workbook-broken")
    swollen = any(
        entry.file_size > limits.small_entry
        and entry.file_size > limits.ratio * max(entry.compress_size, 1)
        for entry in entries
    )
    total = sum(entry.file_size for entry in entries)
    if swollen or total > limits.unpacked_bytes or len(entries) > limits.entries:
        raise broken("workbook-bomb")
