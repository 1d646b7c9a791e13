"""Print the rows of a workbook as JSON lines, within limits of memory and time.

Started by ``workbooks.py`` as a program of its own: it imports nothing of the project,
trusts no number the file states about itself, and keeps no formula.
"""

import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time

REFUSED = 3
CHUNK = 2**20
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z0-9:]+)"')
UNSAFE = (b"<!DOCTYPE", b"<!ENTITY")


def refuse(code, **params):
    """Say why, and end."""
    print(json.dumps({"code": code, **params}))
    sys.exit(REFUSED)


def scan(path, limits):
    """Refuse archives that lie about their size, unsafe XML and merged cells."""
    total = 0
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            tail = b""
            with archive.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    total += len(chunk)
                    if total > limits["unpacked_bytes"]:
                        refuse("workbook-bomb")
                    look(entry.filename, tail + chunk)
                    tail = chunk[-100:]


def look(name, text):
    """Refuse what a workbook for us never holds."""
    if not name.endswith((".xml", ".rels")):
        return
    if any(mark in text for mark in UNSAFE):
        refuse("workbook-unsafe")
    merged = MERGED.search(text) if name.startswith("xl/worksheets/") else None
    if merged:
        refuse("merged-cells", cells=merged[1].decode())


def as_text(cell):
    """Return a cell for JSON: text, {"n": number as text} or {"f": formula}."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return {"f": 1}
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return {"n": str(int(value)) if value == int(value) else repr(value)}
    if isinstance(value, datetime):
        is_day = value.time() == time(0)
        return value.date().isoformat() if is_day else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def print_rows(workbook, limits):
    """Print the rows of the only sheet that has any."""
    filled = [sheet for sheet in workbook.worksheets if has_rows(sheet)]
    if len(filled) > 1:
        refuse("several-sheets", count=len(filled))
    for sheet in filled:
        sheet.reset_dimensions()
        printed = 0
        rows = sheet.iter_rows(max_col=limits["columns"] + 1)
        missing = None
        for number, row in enumerate(rows, start=1):
            if row is missing:  # a million of these is nothing special
                continue
            cells = [as_text(cell) for cell in row]
            while cells and cells[-1] == "":
                cells.pop()
            if not cells:
                # The reader gives the same tuple for all rows that are not there.
                missing = row
                continue
            printed += 1
            if printed > limits["rows"] + 1:
                refuse("too-many-rows", limit=limits["rows"])
            check_lengths(cells, number, limits)
            print(json.dumps([number, cells], ensure_ascii=False))


def check_lengths(cells, number, limits):
    """Refuse a row with a cell that is too long."""
    most = limits["cell_characters"]
    if any(isinstance(cell, str) and len(cell) > most for cell in cells):
        refuse("cell-too-long", row=number, limit=most)


def has_rows(sheet):
    """Return whether a sheet holds any cell."""
    rows = sheet.iter_rows(max_row=50, values_only=True)
    return any(value is not None for row in rows for value in row)


def main(path, limits):
    """Limit ourselves, look, then read."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["child_memory"],) * 2)
    seconds = limits["child_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    sys.stdout.reconfigure(encoding="utf-8")
    # Imported under the memory limit, and only here: the parent never needs it.
    import openpyxl
    from openpyxl.xml import DEFUSEDXML

    assert DEFUSEDXML, "defusedxml has to be installed"
    try:
        scan(path, limits)
        workbook = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        print_rows(workbook, limits)
    except MemoryError:
        refuse("workbook-too-heavy")
    except SystemExit:
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged file does to the parser
        refuse("workbook-broken")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
