"""Read a workbook in a child process that may run out of memory without harm.

The parent looks at the zip directory only; everything that parses happens in
``workbook_child.py``, started by its path so that it imports nothing of ours.
"""

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from contextlib import ExitStack
from pathlib import Path

from .cells import FORMULA, Number
from .messages import broken
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


def read_grid(content, *, limits):
    """Return the cells of the only visible sheet with data.

    The child writes into a file, which is read row by row: neither process holds the
    whole sheet.
    """
    check_archive(content, limits)
    with ExitStack() as stack:
        out = stack.enter_context(tempfile.TemporaryFile())
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(content)
            file.flush()
            _run_child(file.name, out, limits)
        stack.pop_all()  # from here on whoever reads the lines closes them
    lines = _lines(out)
    facts = next(lines)
    return Grid(
        lines,
        hidden=frozenset(facts.get("hidden", ())),
        merged=tuple(facts.get("merged", ())),
        hidden_sheets=tuple(facts.get("hidden_sheets", ())),
    )


def _lines(out):
    """Yield what the child said of the sheet, then (row number, cells)."""
    with out:
        out.seek(0)
        yield json.loads(out.readline() or "{}")
        for line in out:
            number, cells = json.loads(line)
            yield number, [_cell(cell) for cell in cells]


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


def _run_child(path, out, limits):
    """Run the child to its end; what it prints goes into a file."""
    command = [sys.executable, "-I", str(CHILD), path, json.dumps(vars(limits))]
    try:
        done = subprocess.run(
            command,
            stdout=out,
            stderr=subprocess.DEVNULL,
            timeout=2 * limits.child_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise broken("workbook-too-heavy") from error
    if done.returncode == REFUSED:
        answer = json.loads(_last_line(out))
        raise broken(answer.pop("code"), **answer)
    if done.returncode != 0:
        raise broken("workbook-too-heavy")


def _last_line(out):
    """Return the last line of a file, which says why the child refused."""
    out.seek(max(out.seek(0, io.SEEK_END) - 10_000, 0))
    return out.read().splitlines()[-1]
