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
from pathlib import Path

from .cells import FORMULA, Number
from .sheets import broken

CHILD = Path(__file__).with_name("workbook_child.py")
REFUSED = 3
"""Exit status of the child when it has a sentence to say."""


def read_rows(content, *, limits):
    """Yield (row number, cells) of the only sheet with data."""
    check_archive(content, limits)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        lines = _run_child(file.name, limits)
    for line in lines:
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


def _run_child(path, limits):
    """Run the child to its end; return the lines it printed."""
    command = [sys.executable, "-I", str(CHILD), path, json.dumps(vars(limits))]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=2 * limits.child_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise broken("workbook-too-heavy") from error
    if done.returncode == REFUSED:
        answer = json.loads(done.stdout.splitlines()[-1])
        raise broken(answer.pop("code"), **answer)
    if done.returncode != 0:
        raise broken("workbook-too-heavy")
    return done.stdout.splitlines()
