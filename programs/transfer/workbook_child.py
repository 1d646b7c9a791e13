"""Print the rows of a workbook as JSON lines, within limits of memory and time.

Started by ``workbooks.py`` as a program of its own: it imports nothing of the project,
trusts no number the file states about itself, and keeps no formula. The first line says
what the sheet hides and merges.
"""

import json
import re
import resource
import sys
import zipfile
from collections import Counter
from datetime import date, datetime, time

REFUSED = 3
CHUNK = 2**20
TAIL = 1_000
"""Bytes of a chunk that are looked at again with the next: a tag may be cut."""
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]+)"')
ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
NUMBER = re.compile(rb'\br="(\d+)"')
STRICT = b"http://purl.oclc.org/ooxml/"
LAST_ROW = 2**20
"""The last row that a sheet of Excel has."""
UNSAFE = (b"<!DOCTYPE", b"<!ENTITY")


def refuse(code, **params):
    """Say why, and end."""
    print(json.dumps({"code": code, **params}))
    sys.exit(REFUSED)


def scan(path, limits):
    """Refuse archives that lie about their size and unsafe XML.

    Returns
    -------
    {member of the archive: what it merges, hides and holds}.
    """
    total, seen = 0, {}
    # of each sheet: merged ranges, numbers of hidden rows, how many rows
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            tail, facts = b"", ({}, {}, Counter())
            with archive.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    total += len(chunk)
                    if total > limits["unpacked_bytes"]:
                        refuse("workbook-bomb")
                    look(entry.filename, tail, chunk, facts)
                    tail = chunk[-TAIL:]
            seen[entry.filename] = facts
    return seen


def look(name, tail, chunk, facts):
    """Refuse what a workbook for us never holds; note what a sheet hides or merges."""
    if not name.endswith((".xml", ".rels")):
        return
    text = tail + chunk
    if any(mark in text for mark in UNSAFE):
        refuse("workbook-unsafe")
    if STRICT in text:  # the reader would take its sheets for empty ones
        refuse("workbook-strict")
    if not name.startswith("xl/worksheets/"):
        return
    merged, hidden, count = facts
    merged.update((found[1].decode(), None) for found in MERGED.finditer(text))
    for row in ROW.finditer(text):
        if row.end() <= len(tail):
            continue
        count["rows"] += 1
        said = NUMBER.search(row[1])
        number = int(said[1]) if said else count["last"] + 1
        # The reader would leave such rows out without a word, or count for hours.
        if not count["last"] < number <= LAST_ROW:
            refuse("workbook-broken")
        count["last"] = number
        if HIDDEN.search(row[1]):
            hidden[number] = None


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


def print_sheet(workbook, facts, limits):
    """Print what the only visible sheet with rows hides and merges, then its rows."""
    visible = [each for each in workbook.worksheets if each.sheet_state == "visible"]
    out_of_sight = [each.title for each in workbook.worksheets if each not in visible]
    filled = [sheet for sheet in visible if has_rows(sheet)]
    if len(filled) > 1:
        names = ", ".join(sheet.title for sheet in filled)
        refuse("several-sheets", count=len(filled), names=names)
    for sheet in filled:
        merged, hidden, count = facts.get(sheet._worksheet_path, ({}, {}, Counter()))
        told = {"merged": list(merged), "hidden": list(hidden), "size": count["rows"]}
        print(json.dumps(told | {"hidden_sheets": out_of_sight}), flush=True)
        print_rows(sheet, limits)


def print_rows(sheet, limits):
    """Print the rows of a sheet, whatever it says about its own size."""
    sheet.reset_dimensions()
    printed = 0
    missing = None
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if row is missing:  # a million of these is nothing special
            continue
        cells = [as_text(cell) for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            # The reader gives the same tuple for all rows that are not there.
            missing = row
            continue
        if len(cells) > limits["columns"]:
            refuse("too-many-columns", limit=limits["columns"])
        printed += 1
        if printed > limits["rows"] + 1:
            refuse("too-many-rows", limit=limits["rows"])
        check_lengths(cells, number, limits)
        print(json.dumps([number, cells], ensure_ascii=False))
        if printed == limits["head"]:
            break


def check_lengths(cells, number, limits):
    """Refuse a row with a cell that is too long."""
    most = limits["cell_characters"]
    if any(isinstance(cell, str) and len(cell) > most for cell in cells):
        refuse("cell-too-long", row=number, limit=most)


def has_rows(sheet):
    """Return whether a sheet holds any cell, whatever it says about its own size."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True)
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
        facts = scan(path, limits)
        workbook = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        print_sheet(workbook, facts, limits)
    except MemoryError:
        refuse("workbook-too-heavy")
    except SystemExit:
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged file does to the parser
        refuse("workbook-broken")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
